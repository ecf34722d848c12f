package portal

import (
	"net/http"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// browserKept is how long a browser stays known without a sign-in.
const browserKept = 365 * 24 * time.Hour

// cookies are those of one site. Over https their names begin with __Host-, so that a browser takes them from this host alone, for all of
// its paths, and sends them back encrypted only.
type cookies struct{ secure bool }

func (c cookies) named(name string) string {
	if c.secure {
		return "__Host-" + name
	}
	return name
}

func (c cookies) session() string { return c.named("session") }
func (c cookies) browser() string { return c.named("browser") }
func (c cookies) flow() string    { return c.named("sign-in") }

func (c cookies) language() string { return c.named("language") }

// token is what the request shows of the name; empty for none.
func (c cookies) token(r *http.Request, name string) store.Secret {
	shown, err := r.Cookie(name)
	if err != nil {
		return store.Secret{}
	}
	return store.NewSecret([]byte(shown.Value))
}

func (c cookies) cookie(name string, token store.Secret, kept time.Duration) *http.Cookie {
	return c.keep(name, string(token.Reveal()), kept)
}

// keep is for what is no secret.
func (c cookies) keep(name, value string, kept time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, MaxAge: int(kept.Seconds()),
		Path: "/", HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
}

// give are those that a browser gets as an account signs in. That of the session ends with the browser, or in the store.
func (c cookies) give(given store.Given) []*http.Cookie {
	all := []*http.Cookie{c.cookie(c.session(), given.Session, 0)}
	if given.Browser.Len() > 0 {
		all = append(all, c.cookie(c.browser(), given.Browser, browserKept))
	}
	return all
}

// end takes the session's away.
func (c cookies) end() *http.Cookie { return c.cookie(c.session(), store.Secret{}, -time.Second) }
