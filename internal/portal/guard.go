package portal

import (
	"net"
	"net/http"
	"strings"
)

const (
	// maxBody is larger than any other of our forms can be, every byte escaped.
	maxBody = 8 << 10
	// maxValues is that of the longest value of a variable.
	maxValues = 256 << 10
)

// policy lets a page load its own stylesheet and icon and send its form back, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands before all pages.
type guard struct {
	scheme, host string
	refuse       func(http.ResponseWriter, *http.Request, page)
}

func (g guard) around(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.refuse(w, r, message(http.StatusForbidden, "This form came from elsewhere", "Open the link of your mail and use the form there."))
	}))
	next = sameOrigin.Handler(limited(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.headers(w.Header())
		// Whoever could choose the host could send visitors elsewhere, by what a page or a cache makes of it.
		if canonicalHost(g.scheme, r.Host) != g.host {
			g.refuse(w, r, message(http.StatusMisdirectedRequest, "There is nothing here", "Open the link of your mail again."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limited gives each form the room that it needs.
func limited(next http.Handler) http.Handler {
	usual, values := http.MaxBytesHandler(next, maxBody), http.MaxBytesHandler(next, maxValues)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == variablesPath || r.URL.Path == pastePath {
			values.ServeHTTP(w, r)
			return
		}
		usual.ServeHTTP(w, r)
	})
}

func (g guard) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the first page's address holds a token
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
	if g.scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// canonicalHost is in lower case and without the scheme's own port.
func canonicalHost(scheme, host string) string {
	host = strings.ToLower(host)
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return strings.Trim(host, "[]")
	}
	if port == map[string]string{"https": "443", "http": "80"}[scheme] {
		return name
	}
	return net.JoinHostPort(name, port)
}
