package portal

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// end is what the page shows on which the account is deleted.
type end struct {
	ending
	Email    string
	InTheWay []phrase // what keeps the account from being deleted
	Proved   bool     // the password was given of late, so that there is a form
}

func (h held) askForEnd(r *http.Request, in member) (page, error) { return h.endPage(r, in) }

func (h held) endPage(r *http.Request, in member, problems ...problem) (page, error) {
	of := h.store.Holder(in.AccountID)
	now, err := of.Account(r.Context())
	if err != nil {
		return goneMember(err)
	}
	blockers, err := of.InTheWay(r.Context())
	if err != nil {
		return goneMember(err)
	}
	shown := end{ending: endingOf(now), Email: now.Email, Proved: time.Since(in.Proved) <= store.SessionProof}
	for _, b := range blockers {
		shown.InTheWay = append(shown.InTheWay, inTheWay(b))
	}
	return below("delete", "Delete the account", shown, problems...), nil
}

// inTheWay names what runs in the account as far as a person can look for it.
func inTheWay(b store.Blocker) phrase {
	some := strings.Join(b.IDs, ", ")
	if b.Count > len(b.IDs) {
		some += ", …"
	}
	switch b.Kind {
	case store.BlockerTeams:
		return say("Teams of yours, which you delete or hand over first: %v", b.Count)
	case "Machine":
		return say("Machines: %v (%v)", b.Count, some)
	case "Cluster":
		return say("Clusters: %v (%v)", b.Count, some)
	case "Instance":
		return say("Instances: %v (%v)", b.Count, some)
	case "Volume":
		return say("Volumes: %v (%v)", b.Count, some)
	}
	return say("%v: %v (%v)", b.Kind, b.Count, some)
}

// confirmed takes the step for who typed the address of the account.
func (h held) confirmed(r *http.Request, in member, take func() (page, error)) (page, error) {
	if !strings.EqualFold(strings.TrimSpace(r.PostForm.Get("email")), in.Email) {
		return h.endPage(r, in, problem{"email", "This is not the address of the account. Nothing was changed."})
	}
	return take()
}

// delete ends the account, and then what the browser has of it.
func (h held) delete(r *http.Request, in member) (page, error) {
	return h.confirmed(r, in, func() (page, error) {
		err := h.store.Holder(in.AccountID).Delete(r.Context())
		switch {
		case errors.As(err, new(*store.ManagedError)): // since the form was made
			return h.endPage(r, in, problem{"end", "Your platform team manages this account. Nothing was deleted."})
		case errors.As(err, new(*store.BlockedError)):
			return h.endPage(r, in, problem{"end", "Something is still in the way. Nothing was deleted."})
		case err != nil:
			return goneMember(err)
		}
		gone := redirect(deletedPath)
		gone.cookies = []*http.Cookie{h.page.sessions.cookies.end()}
		return gone, nil
	})
}

func (h held) requestDeletion(r *http.Request, in member) (page, error) {
	return h.confirmed(r, in, func() (page, error) {
		if err := h.store.Holder(in.AccountID).RequestDeletion(r.Context()); err != nil {
			return goneMember(err)
		}
		return backTo("delete"), nil
	})
}

func (h held) withdrawDeletion(r *http.Request, in member) (page, error) {
	if err := h.store.Holder(in.AccountID).WithdrawDeletion(r.Context()); err != nil {
		return goneMember(err)
	}
	return backTo("delete"), nil
}

// deleted is shown to who has no account any more.
func deleted(*http.Request) (page, error) {
	return message(http.StatusOK, "Your account is deleted", "All that it held is gone, and you are signed out everywhere.", "You can close this page."), nil
}
