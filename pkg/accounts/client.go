package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// ErrCursorGone says that nobody knows any more what changed since a cursor: read everything, and begin with "".
var ErrCursorGone = errors.New("what changed since the cursor is not known any more")

// answerMost bounds what is read of an answer, statesMost of how many accounts the last answer is kept in mind.
const (
	answerMost = 64 << 20
	statesMost = 1000
)

// NewSecret keeps a copy of a credential.
func NewSecret(text []byte) Secret { return store.NewSecret(text) }

// Client reads by the reader API (docs/reading.md). Several goroutines may use it.
type Client struct {
	// URL is where the API is, such as https://accounts-reader.example.com.
	URL string
	// Token gives the credential of each request, since those of Pods are renewed in their files. Nil: the client's certificate is one.
	Token func(context.Context) (Secret, error)
	// HTTP makes the requests. It must not end them before the wait of Changes. Nil: http.DefaultClient.
	HTTP *http.Client

	mu    sync.Mutex
	known map[string]state
}

// state is what an account held under an ETag.
type state struct {
	tag  string
	body []byte
}

// ProblemError is a refusal of the API. No value and no credential stands in one.
type ProblemError struct {
	Status     int
	Type       string // such as urn:account-operator:problem:forbidden
	Title      string
	Detail     string
	RetryAfter time.Duration // zero: it does no good
}

func (e *ProblemError) Error() string {
	return fmt.Sprintf("the reader API answers %d %s: %s", e.Status, e.Title, e.Detail)
}

// Is makes refusals known by ErrNotFound and ErrCursorGone.
func (e *ProblemError) Is(target error) bool {
	return target == ErrNotFound && e.Status == http.StatusNotFound || target == ErrCursorGone && e.Status == http.StatusGone
}

// Env returns the variables of an account, sorted by name. Where nothing changed since the last call it takes what it was answered then. Values that
// do not open are left out, and named by an *UnreadableError beside the others.
func (c *Client) Env(ctx context.Context, accountID string) ([]Variable, error) {
	var answer struct {
		Variables []struct {
			Name        string `json:"name"`
			Value       string `json:"value"`
			ValueBase64 []byte `json:"valueBase64"`
			Unreadable  bool   `json:"unreadable"`
		} `json:"variables"`
	}
	if err := c.read(ctx, "/v1/accounts/"+url.PathEscape(accountID)+"/env", &answer); err != nil {
		return nil, err
	}
	vars, closed := []Variable{}, []string(nil)
	for _, v := range answer.Variables {
		value := []byte(v.Value)
		if v.ValueBase64 != nil {
			value = v.ValueBase64
		}
		if v.Unreadable {
			closed = append(closed, v.Name)
			continue
		}
		vars = append(vars, Variable{Name: v.Name, Value: NewSecret(value)})
	}
	return vars, (&UnreadableError{AccountID: accountID, Names: closed}).Any()
}

// Connections returns the cloud connections of an account, sorted by ID, as Env does.
func (c *Client) Connections(ctx context.Context, accountID string) ([]Connection, error) {
	var answer struct {
		Connections []struct {
			ID, DisplayName, Type, Bucket, Region, Endpoint string
			Credentials                                     map[string]string
			Unreadable                                      bool
		}
	}
	if err := c.read(ctx, "/v1/accounts/"+url.PathEscape(accountID)+"/connections", &answer); err != nil {
		return nil, err
	}
	all, closed := []Connection{}, []string(nil)
	for _, each := range answer.Connections {
		if each.Unreadable {
			closed = append(closed, each.ID)
			continue
		}
		credentials := map[string]Secret{}
		for field, value := range each.Credentials {
			credentials[field] = NewSecret([]byte(value))
		}
		all = append(all, Connection{
			ID: each.ID, DisplayName: each.DisplayName, Type: each.Type, Bucket: each.Bucket, Region: each.Region, Endpoint: each.Endpoint,
			Credentials: credentials,
		})
	}
	return all, (&UnreadableError{AccountID: accountID, Names: closed}).Any()
}

// Changes waits until an account changes after the cursor, at most as long as wait (whole seconds, to a minute), and returns the IDs of those that did and the
// next cursor. With "" there is only a cursor, at once. ErrCursorGone says to read everything.
func (c *Client) Changes(ctx context.Context, cursor string, wait time.Duration) (accountIDs []string, next string, err error) {
	query := url.Values{"timeout": {strconv.Itoa(int(wait.Seconds()))}}
	if cursor != "" {
		query.Set("after", cursor)
	}
	var answer struct {
		Cursor   string   `json:"cursor"`
		Accounts []string `json:"accounts"`
	}
	body, _, err := c.ask(ctx, http.MethodGet, "/v1/changes?"+query.Encode(), "", nil)
	if err == nil {
		err = decode(body, &answer)
	}
	return answer.Accounts, answer.Cursor, err
}

// CreateToken makes a token that reads one account for an hour, for an instance of that account's. Without rights it has those of the client.
func (c *Client) CreateToken(ctx context.Context, accountID string, rights ...string) (token Secret, expires time.Time, err error) {
	asked, err := json.Marshal(map[string][]string{"rights": rights})
	if err != nil {
		return token, expires, err
	}
	var answer struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires"`
	}
	body, _, err := c.ask(ctx, http.MethodPost, "/v1/accounts/"+url.PathEscape(accountID)+"/tokens", "", strings.NewReader(string(asked)))
	if err == nil {
		err = decode(body, &answer)
	}
	return NewSecret([]byte(answer.Token)), answer.Expires, err
}

// read takes the answer that is known where it has the tag still.
func (c *Client) read(ctx context.Context, path string, into any) error {
	c.mu.Lock()
	last := c.known[path]
	c.mu.Unlock()
	body, tag, err := c.ask(ctx, http.MethodGet, path, last.tag, nil)
	if err != nil {
		c.keep(path, state{})
		return err
	}
	if body == nil {
		return decode(last.body, into)
	}
	c.keep(path, state{tag, body})
	return decode(body, into)
}

func (c *Client) keep(path string, s state) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= statesMost {
		c.known = map[string]state{}
	}
	if delete(c.known, path); s.tag != "" {
		c.known[path] = s
	}
}

// request carries the credential, and the tag that is known.
func (c *Client) request(ctx context.Context, method, path, known string, body io.Reader) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if known != "" {
		request.Header.Set("If-None-Match", known)
	}
	if c.Token == nil {
		return request, nil
	}
	token, err := c.Token(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the credential: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token.Reveal())))
	return request, nil
}

// ask sends a request. The body is nil where nothing changed.
func (c *Client) ask(ctx context.Context, method, path, known string, body io.Reader) (answer []byte, tag string, err error) {
	request, err := c.request(ctx, method, path, known, body)
	if err != nil {
		return nil, "", err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(response.Body, answerMost))
	switch {
	case err != nil:
		return nil, "", err
	case response.StatusCode == http.StatusNotModified && known != "":
		return nil, known, nil
	case response.StatusCode >= http.StatusMultipleChoices:
		return nil, "", refusal(response, answer)
	}
	return answer, response.Header.Get("ETag"), nil
}

func refusal(response *http.Response, body []byte) error {
	e := &ProblemError{Status: response.StatusCode, Title: http.StatusText(response.StatusCode)}
	_ = json.Unmarshal(body, e) // a proxy on the way answers otherwise
	e.Status = response.StatusCode
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return e
}

// decode never quotes what it could not read.
func decode(body []byte, into any) error {
	if json.Unmarshal(body, into) != nil {
		return errors.New("the reader API answers something else than it describes; see that the URL leads to it")
	}
	return nil
}
