package portal

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/account-operator/account-operator/internal/store"
)

// connectForm is what the form of a provider shows. Of credentials nothing that was typed comes back.
type connectForm struct {
	Type, ID   string // of the connection that is replaced; no ID: of a new one
	Name       field
	Fields     []shownField
	Tries, Try bool // the provider can be asked, and is to be
	Untaken    any  // why the provider does not take it
}

type shownField struct {
	connectionField
	Value   string
	Problem any
}

// The fields of the form beside those of the provider.
const (
	idField  = "id"
	tryField = "try"
)

func (h held) connecting(p provider, typed url.Values, problems ...problem) page {
	on := formOf(problems).On
	shown := connectForm{
		Type: p.Type, ID: typed.Get(idField), Name: nameField,
		Tries: h.trying.checker != nil, Try: typed.Has(tryField), Untaken: on(tryField),
	}
	shown.Name.Value, shown.Name.Problem = typed.Get(nameField.Name), on(nameField.Name)
	for _, f := range p.fields {
		one := shownField{connectionField: f, Problem: on(f.Name)}
		if !f.Secret {
			one.Value = typed.Get(f.Name)
		}
		shown.Fields = append(shown.Fields, one)
	}
	title := say("Connect %v", p.Name)
	if shown.ID != "" {
		title = say("New credentials for %v", p.Name)
	}
	return belowConnections("connect", title, shown, problems...)
}

func (h held) askForConnection(r *http.Request, _ member) (page, error) {
	p, known := providerOf(r.URL.Query().Get("type"))
	if !known {
		return redirect(connectionsPath), nil
	}
	return h.connecting(p, url.Values{tryField: {"on"}}), nil
}

// askForCredentials shows all of a connection but the credentials it has.
func (h held) askForCredentials(c store.Connection) page {
	p, known := providerOf(c.Type)
	if !known {
		return redirect(connectionsPath)
	}
	has := url.Values{tryField: {"on"}, idField: {c.ID}, nameField.Name: {c.DisplayName}}
	for _, f := range p.fields {
		if f.of != nil {
			has.Set(f.Name, *f.of(&c))
		}
	}
	return h.connecting(p, has)
}

// connect makes a connection, or replaces one, credentials and all.
func (h held) connect(r *http.Request, in member) (page, error) {
	p, known := providerOf(r.PostForm.Get("type"))
	if !known {
		return redirect(connectionsPath), nil
	}
	want, problems := p.read(r.PostForm)
	want.ID = r.PostForm.Get(idField)
	if len(problems) == 0 && h.trying.checker != nil && r.PostForm.Has(tryField) {
		if wrong := h.trying.wrong(r.Context(), in.AccountID, want); wrong != "" {
			problems = append(problems, problem{tryField, wrong})
		}
	}
	if len(problems) == 0 {
		_, err := h.store.Holder(in.AccountID).PutConnection(r.Context(), want)
		invalid := (*store.InvalidError)(nil)
		if !errors.As(err, &invalid) {
			return h.changed(r, in, err)
		}
		problems = append(problems, problem{nameField.Name, say("Nothing was changed: %v.", invalid.Reason)})
	}
	return h.connecting(p, r.PostForm, problems...), nil
}
