package reader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The issuer's keys are read again after keysKept, and where one is missing at most every keysPause.
const (
	keysKept     = 5 * time.Minute
	keysPause    = 10 * time.Second
	keysMost     = 1 << 20
	keysWithin   = 3 * time.Second
	clocksDiffer = 10 * time.Second
	// longestIdentity is refused beyond: a projected token is short-lived, one of a Secret is not.
	longestIdentity = 24 * time.Hour
)

// algorithms are those by which API servers sign. None of them takes a public key for a shared secret.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512, jose.PS256, jose.PS384, jose.PS512, jose.EdDSA}

var errNotPublished = errors.New("nobody published its key")

// Identities proves ServiceAccounts by the tokens that a cluster projects into Pods, without asking that cluster.
type Identities struct {
	issuer, audience string
	source           string // a file, or a URL
	question         shared[*jose.JSONWebKeySet]

	mu   sync.Mutex
	keys *jose.JSONWebKeySet
	read time.Time // or tried to
	last *asking[*jose.JSONWebKeySet]
}

// LoadIdentities reads the issuer's published keys (a JWKS), from a file or an https URL.
func LoadIdentities(ctx context.Context, issuer, audience, keys string) (*Identities, error) {
	if issuer == "" || audience == "" {
		return nil, errors.New("tokens are proved by the issuer's name, an audience and the issuer's keys: name all three")
	}
	if u, err := url.Parse(keys); err == nil && u.Scheme == "http" {
		return nil, errors.New("who answers in clear text is anybody: name an https URL, or a file")
	}
	i := &Identities{issuer: issuer, audience: audience, source: keys, read: time.Now()}
	_, err := i.readKeys(ctx)
	return i, err
}

// verify is the ServiceAccount of a token, and when it expires.
func (i *Identities) verify(ctx context.Context, text string) (namespace, name string, expires time.Time, err error) {
	token, err := jwt.ParseSigned(text, algorithms)
	if err != nil || len(token.Headers) != 1 {
		return "", "", expires, errors.Join(err, errors.New("is no token with one signature"))
	}
	key, err := i.key(ctx, token.Headers[0].KeyID)
	if err != nil {
		return "", "", expires, err
	}
	var said claims
	if err := token.Claims(key, &said.Claims, &said.of); err != nil {
		return "", "", expires, err
	}
	expected := jwt.Expected{Issuer: i.issuer, AnyAudience: jwt.Audience{i.audience}, Time: time.Now()}
	if err := said.ValidateWithLeeway(expected, clocksDiffer); err != nil {
		return "", "", expires, err
	}
	namespace, name, err = said.serviceAccount()
	return namespace, name, said.Expiry.Time(), err
}

// claims are what a token says, and whom it is of.
type claims struct {
	jwt.Claims
	of struct {
		Kubernetes struct {
			Namespace      string `json:"namespace"`
			ServiceAccount struct {
				Name string `json:"name"`
			} `json:"serviceaccount"`
		} `json:"kubernetes.io"`
	}
}

func (c *claims) serviceAccount() (namespace, name string, err error) {
	if c.Expiry == nil || c.IssuedAt == nil || c.Expiry.Time().Sub(c.IssuedAt.Time()) > longestIdentity {
		return "", "", errors.New("it does not expire soon")
	}
	namespace, name = c.of.Kubernetes.Namespace, c.of.Kubernetes.ServiceAccount.Name
	if namespace == "" || name == "" || c.Subject != "system:serviceaccount:"+namespace+":"+name {
		return "", "", errors.New("it is no ServiceAccount's")
	}
	return namespace, name, nil
}

// key is the published one of the ID. One that is missing may have been published since. Who finds the keys old asks the issuer, and others take
// them meanwhile; where he is away, they need not be others.
func (i *Identities) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	i.mu.Lock()
	found, age := i.keys.Key(id), time.Since(i.read)
	known := len(found) == 1
	if known && age >= keysKept || !known && age >= keysPause {
		i.read, i.last = time.Now(), i.question.ask(ctx, keysWithin, i.readKeys)
	}
	last := i.last
	i.mu.Unlock()
	if last != nil && (!known || age >= keysKept) {
		if now, err := last.wait(ctx, keysWithin, errNotPublished); err == nil {
			found = now.Key(id)
		}
	}
	if len(found) != 1 {
		return nil, errNotPublished
	}
	return &found[0], nil
}

func (i *Identities) readKeys(ctx context.Context) (*jose.JSONWebKeySet, error) {
	text, err := i.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the issuer's keys: %w", err)
	}
	keys := &jose.JSONWebKeySet{}
	if err := json.Unmarshal(text, keys); err != nil {
		return nil, fmt.Errorf("the issuer's keys are no JWKS: %w", err)
	}
	for _, key := range keys.Keys {
		if !key.Valid() || !key.IsPublic() || key.KeyID == "" {
			return nil, errors.New("the issuer's keys have one that is not public, not valid, or without a name")
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
	return keys, nil
}

func (i *Identities) fetch(ctx context.Context) ([]byte, error) {
	if !strings.HasPrefix(i.source, "https://") {
		f, err := os.Open(i.source)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		return io.ReadAll(io.LimitReader(f, keysMost))
	}
	ctx, cancel := context.WithTimeout(ctx, keysWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, i.source, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New("the issuer answers " + response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, keysMost))
}
