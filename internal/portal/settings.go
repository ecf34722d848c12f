package portal

import (
	"bytes"
	"context"
	"html/template"
	"net/http"
	"sync"

	"github.com/account-operator/account-operator/internal/store"
)

// settings is the page of an account holder.
type settings struct {
	site     site
	sessions sessions
	holders  Holders
	sections []section
}

func (s *settings) show(r *http.Request, in member) (page, error) {
	return s.showWith(r.Context(), in, "", nil)
}

// showWith shows the page, where one section's form was refused: with what was typed, and why that cannot be taken.
func (s *settings) showWith(ctx context.Context, in member, refused string, typed any, problems ...problem) (page, error) {
	shown := page{name: "settings", status: http.StatusOK, Title: "Your settings", Wide: true, Form: form{Problems: problems}}
	if refused != "" {
		shown.status = http.StatusUnprocessableEntity
	}
	var once accountOnce = sync.OnceValues(func() (store.HeldAccount, error) { return s.holders.Holder(in.AccountID).Account(ctx) })
	ctx = context.WithValue(ctx, accountKey{}, once)
	for _, each := range s.sections {
		inner := page{Form: form{Address: in.Email}, Data: typed}
		if each.id == refused {
			inner.Form.Problems = problems
		} else {
			var err error
			if inner.Data, err = each.show(ctx, in); err != nil {
				return page{}, err
			}
		}
		body, err := s.render(ctx, each.id, inner)
		if err != nil {
			return page{}, err
		}
		shown.Parts = append(shown.Parts, part{each.id, each.title, body})
	}
	return shown, nil
}

func (s *settings) render(ctx context.Context, id string, inner page) (template.HTML, error) {
	var body bytes.Buffer
	in, _ := tongueOf(ctx)
	err := s.site.pages[in.Tag]["section-"+id].ExecuteTemplate(&body, "content", view{site: s.site, page: inner})
	return template.HTML(body.String()), err //nolint:gosec // a template of ours escaped it
}

// handle adds the page and what its sections answer.
func (s *settings) handle(mux *http.ServeMux, p *presenter) {
	mux.Handle("GET "+settingsPath, p.page(s.sessions.signedIn(s.show)))
	for _, each := range s.sections {
		for pattern, take := range each.steps {
			mux.Handle(pattern, p.page(s.sessions.signedIn(take)))
		}
	}
}

// backTo leads from a form that was taken to its section.
func backTo(section string) page { return redirect(settingsPath + "#" + section) }
