package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// holder is the holder of an account, with a browser: it keeps cookies, and goes where pages lead. The pages need no script, nor does this.
type holder struct {
	browser  *http.Client
	password string
}

// newHolder makes a password up, which nobody but the screen of `make up` is shown.
func newHolder() (*holder, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &holder{browser: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Jar: jar}, password: rand.Text()}, nil
}

var (
	heading = regexp.MustCompile(`<h1[^>]*>([^<]*)`)
	hidden  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// opens asks for a page, which has to have this heading.
func (s *stage) opens(ctx context.Context, path, title string) (page string, err error) {
	return s.visits(ctx, http.MethodGet, path, nil, http.StatusOK, title)
}

// sends sends a form, as its page has it, and has to come to a page with this heading.
func (s *stage) sends(ctx context.Context, path string, form url.Values, title string) (page string, err error) {
	return s.visits(ctx, http.MethodPost, path, form, http.StatusOK, title)
}

func (s *stage) visits(ctx context.Context, method, path string, form url.Values, status int, title string) (page string, err error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+s.portal+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := s.holder.browser.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	shown := heading.FindSubmatch(body)
	if answer.StatusCode != status || shown == nil || string(shown[1]) != title {
		return "", fmt.Errorf("%s of %s answers %s without the heading %q", method, request.URL.Path, answer.Status, title)
	}
	s.screen.result("%s %s: the page %q", method, request.URL.Path, title)
	return string(body), nil
}

// hiddenFields are what a form of the page sends by itself.
func hiddenFields(page string) url.Values {
	fields := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(page, -1) {
		fields.Set(field[1], field[2])
	}
	return fields
}

// confirm does what the account holder does: reads the mail, follows the link, presses the button, and chooses a password.
func confirm(ctx context.Context, s *stage) error {
	to, text, err := s.awaitMail(ctx, links)
	if err != nil {
		return err
	}
	s.screen.result("a mail to %s:", strings.Join(to, ", "))
	s.screen.output(text)
	link, err := url.Parse(links.FindString(text))
	if err != nil || link.Host != s.portal {
		return errors.New("the mail has no link to the pages")
	}
	if s.holder, err = newHolder(); err != nil {
		return err
	}
	page, err := s.opens(ctx, link.RequestURI(), "Confirm your address")
	if err != nil {
		return err
	}
	if page, err = s.sends(ctx, link.Path, hiddenFields(page), "Choose a password"); err != nil {
		return err
	}
	form := hiddenFields(page)
	form.Set("password", s.holder.password)
	form.Set("repeat", s.holder.password)
	_, err = s.sends(ctx, "/password", form, "Your password is set")
	return err
}
