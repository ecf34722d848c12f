package reader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

// Variable is one in an answer. Value is left out where it does not open, and in base64 where it is no text.
type Variable struct {
	Name        string  `json:"name"`
	Value       *string `json:"value,omitempty"`
	ValueBase64 []byte  `json:"valueBase64,omitempty"`
	Unreadable  bool    `json:"unreadable,omitempty"`
}

// Env is the answer with all of an account's variables.
type Env struct {
	Account   string     `json:"account"`
	Variables []Variable `json:"variables"`
}

// Connection is one in an answer. Credentials are left out where they do not open.
type Connection struct {
	ID          string            `json:"id"`
	DisplayName string            `json:"displayName,omitempty"`
	Type        string            `json:"type"`
	Bucket      string            `json:"bucket,omitempty"`
	Region      string            `json:"region,omitempty"`
	Endpoint    string            `json:"endpoint,omitempty"`
	Credentials map[string]string `json:"credentials,omitempty"`
	Unreadable  bool              `json:"unreadable,omitempty"`
}

// Connections is the answer with all of an account's connections.
type Connections struct {
	Account     string       `json:"account"`
	Connections []Connection `json:"connections"`
}

func (r *Reader) env(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	return r.give(w, req, who, "env", func(ctx context.Context, account string) (any, string, *problem) {
		vars, revision, err := r.values.EnvVarsAt(ctx, account)
		if err != nil {
			return nil, "", problemOf(err)
		}
		answer := Env{Account: account, Variables: make([]Variable, len(vars))}
		for n, v := range vars {
			answer.Variables[n] = variable(v)
		}
		return answer, revision, nil
	})
}

func (r *Reader) variable(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	name := req.PathValue("name")
	hash := sha256.Sum256([]byte(name))
	return r.give(w, req, who, "env-"+hex.EncodeToString(hash[:8]), func(ctx context.Context, account string) (any, string, *problem) {
		vars, revision, err := r.values.EnvVarsAt(ctx, account)
		if err != nil {
			return nil, "", problemOf(err)
		}
		for _, v := range vars {
			switch {
			case v.Name != name:
			case v.Unreadable:
				return nil, "", unreadable
			default:
				return variable(v), revision, nil
			}
		}
		return nil, "", notFound
	})
}

func variable(v store.EnvVar) Variable {
	answer := Variable{Name: v.Name, Unreadable: v.Unreadable}
	switch value := v.Value.Reveal(); {
	case v.Unreadable:
	case utf8.Valid(value):
		text := string(value)
		answer.Value = &text
	default:
		answer.ValueBase64 = value
	}
	return answer
}

func (r *Reader) connections(w http.ResponseWriter, req *http.Request, who *principal) *problem {
	return r.give(w, req, who, "connections", func(ctx context.Context, account string) (any, string, *problem) {
		all, revision, err := r.values.ConnectionsAt(ctx, account)
		if err != nil {
			return nil, "", problemOf(err)
		}
		answer := Connections{Account: account, Connections: make([]Connection, len(all))}
		for n, c := range all {
			answer.Connections[n] = Connection{
				ID: c.ID, DisplayName: c.DisplayName, Type: c.Type, Bucket: c.Bucket, Region: c.Region, Endpoint: c.Endpoint, Unreadable: c.Unreadable,
			}
			for field, value := range c.Credentials {
				if answer.Connections[n].Credentials == nil {
					answer.Connections[n].Credentials = map[string]string{}
				}
				answer.Connections[n].Credentials[field] = string(value.Reveal())
			}
		}
		return answer, revision, nil
	})
}

// give answers with what read returns, or with 304 where the client has it. What is given is counted before it is sent.
func (r *Reader) give(
	w http.ResponseWriter, req *http.Request, who *principal, what string, read func(context.Context, string) (any, string, *problem),
) *problem {
	account, ok := accountOf(req)
	switch {
	case !ok:
		return notFound
	case !who.reads(account):
		return forbidden
	}
	leave := r.limits.enter(&r.limits.served, who.name)
	if leave == nil {
		return busy
	}
	defer leave()
	ctx, cancel := context.WithTimeout(req.Context(), readWithin)
	defer cancel()
	tag := func(revision string) string { return `"` + what + "-" + req.PathValue("id") + "-" + revision + `"` }
	if known := req.Header.Values("If-None-Match"); len(known) > 0 {
		revision, err := r.values.Revision(ctx, account)
		if err != nil {
			return problemOf(err)
		}
		if names(known, tag(revision)) {
			w.Header().Set("ETag", tag(revision))
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	answer, revision, refused := read(ctx, req.PathValue("id"))
	if refused != nil {
		return refused
	}
	if !r.reads.count(who.name, account) {
		return unavailable
	}
	r.metrics.reads.Inc()
	w.Header().Set("ETag", tag(revision))
	send(w, http.StatusOK, answer)
	return nil
}

// names reports whether an If-None-Match has the tag. An asterisk names nothing here: what was deleted must not be hidden by it.
func names(known []string, tag string) bool {
	for each := range strings.SplitSeq(strings.Join(known, ","), ",") {
		if strings.TrimPrefix(strings.TrimSpace(each), "W/") == tag {
			return true
		}
	}
	return false
}

// accountOf is the account of the path.
func accountOf(req *http.Request) (int64, bool) {
	return store.ParseAccountID(req.PathValue("id"))
}

func send(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		unavailable.write(w) // no answer of ours has what cannot be marshalled
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who does not take it has it not
}
