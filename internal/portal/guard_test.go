package portal_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/portal"
)

func TestAnswers_Headers_ForbidWhatPagesDoNotNeed(t *testing.T) {
	s := newScene(t)
	token := s.mailed(s.newAccount("alice", "System"))
	for name, got := range map[string]seen{
		"a page": s.open("/verify", token), "an expired link": s.get("/password"), "a form to fill": s.get("/expired"),
		"nothing": s.get("/"), "a form from nowhere": s.post("/verify"),
	} {
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Frame-Options":         "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8",
			"Strict-Transport-Security": "", "Set-Cookie": "", "Server": "",
		} {
			if is := got.header.Get(header); is != want {
				t.Errorf("%s: %s is %q, wanted %q", name, header, is, want)
			}
		}
	}
}

func TestPageFiles_Cached_UntilTheyChange(t *testing.T) {
	s := newScene(t)
	for _, link := range elements(s.get("/expired").parse(t), "link") {
		got := s.get(attribute(link, "href"))
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d, %s", attribute(link, "href"), got.status, got.header.Get("Cache-Control"))
		}
		if kind := got.header.Get("Content-Type"); kind != "text/css; charset=utf-8" && kind != "image/svg+xml" {
			t.Errorf("%s is %s", attribute(link, "href"), kind)
		}
	}
}

// Behind https and a path of a larger site: what a reverse proxy passes on.
func TestPages_URLWithAPath_LiveBelowIt(t *testing.T) {
	at, err := url.Parse("https://Example.com/accounts/")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := portal.New(portal.Options{URL: at})
	if err != nil {
		t.Fatal(err)
	}
	get := func(address string) seen {
		recorder := httptest.NewRecorder()
		pages.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
		return seen{status: recorder.Code, header: recorder.Header(), body: recorder.Body.String()}
	}
	page := get("https://example.com:443/accounts/expired").shows(t, http.StatusOK, expiredHeading)
	if got := page.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security %q", got)
	}
	for _, form := range elements(page.parse(t), "form") {
		if got := attribute(form, "action"); got != "/accounts/link" && got != "/accounts/language" {
			t.Errorf("the form goes to %s", got)
		}
	}
	for _, link := range elements(page.parse(t), "link") {
		if got := get("https://example.com" + attribute(link, "href")); got.status != http.StatusOK {
			t.Errorf("%s: %d", attribute(link, "href"), got.status)
		}
	}
	if got := get("https://example.com/expired"); got.status != http.StatusNotFound {
		t.Errorf("outside of the path: %d", got.status)
	}
}

func TestGuard_AnotherHost_IsRefused(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	token := string(s.mailed(alice).Reveal())
	for _, host := range []string{"evil.example.com", "127.0.0.1", "127.0.0.1:1", strings.TrimPrefix(s.url, "http://") + ".evil.example.com"} {
		request := s.form("/verify", "token", token)
		request.Host = host
		request.Header.Set("X-Forwarded-Host", strings.TrimPrefix(s.url, "http://"))
		got := s.do(request).shows(t, http.StatusMisdirectedRequest, "There is nothing here")
		if strings.Contains(got.body, "evil") {
			t.Errorf("%s is on the page", host)
		}
	}
	if s.verified(alice) {
		t.Error("the address is verified")
	}
}

func TestGuard_FormFromAnotherSite_IsRefused(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	token := string(s.mailed(alice).Reveal())
	for name, headers := range map[string]map[string]string{
		"as browsers say":          {"Sec-Fetch-Site": "cross-site"},
		"from a sister host":       {"Sec-Fetch-Site": "same-site"},
		"as older browsers say":    {"Sec-Fetch-Site": "", "Origin": "https://evil.example.com"},
		"as older browsers hide":   {"Sec-Fetch-Site": "", "Origin": "null"},
		"with a name we may trust": {"Sec-Fetch-Site": "cross-site", "Origin": s.url},
	} {
		request := s.form("/verify", "token", token)
		for header, value := range headers {
			request.Header.Del(header)
			if value != "" {
				request.Header.Set(header, value)
			}
		}
		if got := s.do(request); got.status != http.StatusForbidden || got.heading(t) != "This form came from elsewhere" {
			t.Errorf("%s: %d %s", name, got.status, got.heading(t))
		}
	}
	if s.verified(alice) {
		t.Error("the address is verified")
	}
}

func TestGuard_TooLarge_IsRefused(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	token := string(s.mailed(alice).Reveal())
	s.post("/verify", "token", token, "more", strings.Repeat("x", 9<<10)).shows(t, http.StatusRequestEntityTooLarge, "That was too much")

	chunked := s.form("/verify", "token", token, "more", strings.Repeat("x", 9<<10))
	chunked.ContentLength = -1
	s.do(chunked).shows(t, http.StatusRequestEntityTooLarge, "That was too much")

	large := s.form("/verify", "token", token)
	large.Header.Set("X-Large", strings.Repeat("x", 64<<10))
	if got := s.do(large); got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("headers: %d", got.status)
	}
	if s.verified(alice) {
		t.Error("the address is verified")
	}
}

func TestGuard_NoForm_IsRefused(t *testing.T) {
	s := newScene(t)
	token := string(s.mailed(s.newAccount("alice", "System")).Reveal())
	for name, change := range map[string]func(*http.Request){
		"an escape cut off": func(r *http.Request) { r.URL.RawQuery = "token=%zz" },
		"a semicolon":       func(r *http.Request) { r.URL.RawQuery = "token=a;b" },
	} {
		request := s.form("/verify", "token", token)
		change(request)
		if got := s.do(request); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	for _, kind := range []string{"application/json", "multipart/form-data; boundary=x", "text/plain"} {
		request := s.form("/verify", "token", token)
		request.Header.Set("Content-Type", kind)
		s.do(request).shows(t, http.StatusGone, expiredHeading)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodOptions, "TRACE", "PROPFIND"} {
		request := s.form("/verify", "token", token)
		request.Method = method
		if got := s.do(request); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", method, got.status)
		}
	}
}

// A proxy and we must not differ on where a request ends.
func TestGuard_EndInDoubt_IsRefused(t *testing.T) {
	s := newScene(t)
	alice := s.newAccount("alice", "System")
	body := "token=" + string(s.mailed(alice).Reveal())
	host := strings.TrimPrefix(s.url, "http://")
	for name, headers := range map[string]string{
		"two lengths":             fmt.Sprintf("Content-Length: %d\r\nContent-Length: 3\r\n", len(body)),
		"a length that is none":   "Content-Length: +5\r\n",
		"an unknown coding":       "Transfer-Encoding: gzip, chunked\r\n",
		"two codings":             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"a header without a name": ": x\r\n",
		"two hosts":               "Host: evil.example.com\r\n",
	} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(connection, "POST /verify HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n%s\r\n%s", host, headers, body)
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusNotImplemented {
			t.Errorf("%s: %d", name, answer.StatusCode)
		}
		_ = answer.Body.Close()
		_ = connection.Close()
	}
	if s.verified(alice) {
		t.Error("the address is verified")
	}
}
