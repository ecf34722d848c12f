package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/account-operator/account-operator/internal/store"
)

// held is what a member does to the account itself.
type held struct {
	store    Holders
	page     *settings
	referral *url.URL // nil: codes are shown without a link
	trying   *trying
}

// theTeams is what a page says of what an object manages, and notYours to who wants to change it all the same.
const (
	theTeams = "Your platform team sets this."
	notYours = "Your platform team sets this. Nothing was changed."
)

// accountKey is where a context has the account that the sections of one page show.
type accountKey struct{}

type accountOnce func() (store.HeldAccount, error)

// account is read once for all sections of a page.
func (h held) account(ctx context.Context, in member) (store.HeldAccount, error) {
	if once, is := ctx.Value(accountKey{}).(accountOnce); is {
		return once()
	}
	return h.store.Holder(in.AccountID).Account(ctx)
}

// leafForm reads what was typed into the form of a section: what that changes of the account, and, where something is wrong with it, what
// the section shows then.
type leafForm func(typed url.Values, now store.HeldAccount) (want store.HolderSpec, shown any, problems []problem)

// set takes the form of a section. What is the same already is not written.
func (h held) set(section string, read leafForm) memberStep {
	return func(r *http.Request, in member) (page, error) {
		of := h.store.Holder(in.AccountID)
		now, err := of.Account(r.Context())
		if err != nil {
			return goneMember(err)
		}
		want, shown, problems := read(r.PostForm, now)
		if len(problems) == 0 {
			err = of.Set(r.Context(), want)
			if refused, is := managedProblem(err, ""); is { // since a moment ago
				problems = append(problems, refused)
			} else if err != nil {
				return goneMember(err)
			}
		}
		if len(problems) > 0 {
			return h.page.showWith(r.Context(), in, section, shown, problems...)
		}
		return backTo(section), nil
	}
}

// managedProblem is what a page says where an object came to manage something since the form was made. Without a field it is that of the leaf.
func managedProblem(err error, field string) (problem, bool) {
	managed := (*store.ManagedError)(nil)
	if !errors.As(err, &managed) {
		return problem{}, false
	}
	if field == "" {
		field = managed.Leaf
	}
	return problem{field, notYours}, true
}

// goneMember sends who has no account any more to sign in, where that is said as to everybody else.
func goneMember(err error) (page, error) {
	invalid := (*store.InvalidError)(nil)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return redirect(signInPath), nil
	case errors.As(err, &invalid):
		return page{}, &unreadableError{err}
	}
	return page{}, err
}
