package portal

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// tongueKept is how long a browser keeps the choice of a language.
const tongueKept = 365 * 24 * time.Hour

// tongueKey is where a context has the language of its page.
type tongueKey struct{}

// tongueOf is the language of the page that is being made.
func tongueOf(ctx context.Context) (t tongue, known bool) {
	t, known = ctx.Value(tongueKey{}).(tongue)
	return t, known
}

// speaking has the page of a request be in the visitor's language.
func (s site) speaking(r *http.Request) *http.Request {
	if _, known := tongueOf(r.Context()); known {
		return r
	}
	chosen := ""
	if cookie, err := r.Cookie(s.cookies.language()); err == nil {
		chosen = cookie.Value
	}
	return r.WithContext(context.WithValue(r.Context(), tongueKey{}, s.tongues.of(r, chosen)))
}

// chooseLanguage notes a choice, and leads back to the page where it was made.
func (s site) chooseLanguage(r *http.Request) (page, error) {
	back := redirect(ownPath(r.PostForm.Get("to")))
	for _, each := range s.tongues.all {
		if each.Tag == r.PostForm.Get("language") {
			back.cookies = []*http.Cookie{s.cookies.keep(s.cookies.language(), each.Tag, tongueKept)}
		}
	}
	return back, nil
}

// ownPath is a path of this site, whatever was asked for.
func ownPath(asked string) string {
	if !strings.HasPrefix(asked, "/") || strings.HasPrefix(asked, "//") || strings.ContainsAny(asked, "\\?#\r\n\t") {
		return "/"
	}
	return asked
}
