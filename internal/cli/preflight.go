package cli

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Preflight is what a deletion of an Account would meet, as far as objects show.
type Preflight struct {
	Account string `json:"account"`
	// Blockers are what the deletion would wait for.
	Blockers []string `json:"blockers"`
	// Effects are what it would do.
	Effects []string `json:"effects"`
	// Unknown is what only the store knows, and says once the deletion is asked for.
	Unknown []string `json:"unknown"`
}

// preflight judges it. It is pure; accounts are all of the namespace. looked says that the store was read for it.
func preflight(p *picture, accounts []v1alpha1.Account, looked bool) Preflight {
	a := p.account
	return Preflight{
		Account:  a.Namespace + "/" + a.Name,
		Blockers: slices.Concat([]string{}, aheadOf(a), stoppedBy(a), runsIn(a), heirless(a, accounts)),
		Effects:  slices.Concat([]string{}, ends(a), orphaned(p), disinherited(a, accounts)),
		Unknown:  slices.Concat([]string{}, unknown(a, looked)),
	}
}

// keeps reports whether the account in the store is left as it is.
func keeps(a *v1alpha1.Account) bool { return a.Spec.Retains() || a.Observes() }

// aheadOf is what keeps the manager from beginning.
func aheadOf(a *v1alpha1.Account) []string {
	var found []string
	ready := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil {
		found = append(found, unseen)
	} else if unable(v1alpha1.Reason(ready.Reason)) {
		found = append(found, readiness(a.Status.Conditions))
	}
	for _, f := range a.Finalizers {
		if f != v1alpha1.Finalizer {
			found = append(found, fmt.Sprintf("the finalizer %s of somebody else keeps the object", f))
		}
	}
	return found
}

// unable are the reasons with which a manager says that it cannot reach what it needs.
func unable(r v1alpha1.Reason) bool {
	return r == v1alpha1.ReasonStoreUnavailable || r == v1alpha1.ReasonRateLimited || r == v1alpha1.ReasonAPIError
}

// stoppedBy is what a deletion that was asked for already has met.
func stoppedBy(a *v1alpha1.Account) []string {
	if !blocked(a) {
		return nil
	}
	return []string{readiness(a.Status.Conditions)}
}

// runsIn is what runs in the account, and in teams that would go with it.
func runsIn(a *v1alpha1.Account) []string {
	if keeps(a) || blocked(a) {
		return nil
	}
	var found []string
	for _, d := range a.Status.Dependents {
		n := d.Count
		if a.Spec.Deletion.Teams == v1alpha1.TeamsTransfer && d.InTeams != nil {
			n -= *d.InTeams
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s: %d in the account; remove it where it runs, or keep the account with "+
				"deletionPolicy: Retain", d.Kind, n))
		}
	}
	return found
}

// blocked says of an Account that is being deleted that something is in the way, which it names itself.
func blocked(a *v1alpha1.Account) bool {
	return meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ConditionDeletionBlocked)
}

// heirless is a transfer of teams that could not be done. The manager asks the same of the heir.
func heirless(a *v1alpha1.Account, accounts []v1alpha1.Account) []string {
	if keeps(a) || a.Spec.Deletion.Teams != v1alpha1.TeamsTransfer {
		return nil
	}
	name := a.Spec.Deletion.TransferTeamsTo.Name
	i := slices.IndexFunc(accounts, func(h v1alpha1.Account) bool { return h.Name == name })
	flaw := "does not exist"
	if i >= 0 {
		flaw = unfit(&accounts[i], a)
	}
	if flaw == "" {
		return nil
	}
	return []string{fmt.Sprintf("%s: if it owns teams they are to go to account/%s, which %s; mend it, name another one in "+
		"spec.deletion.transferTeamsTo, or set spec.deletion.teams to Delete", v1alpha1.ReasonTransferTargetNotReady, name, flaw)}
}

// unfit says why an Account cannot take the teams of another; "": it can.
func unfit(heir, a *v1alpha1.Account) string {
	switch {
	case heir.Name == a.Name:
		return "is this account itself"
	case !heir.DeletionTimestamp.IsZero():
		return "is being deleted"
	case heir.Observes():
		return "is only observed"
	case heir.Spec.ClassName != a.Spec.ClassName:
		return "is of another class"
	case !meta.IsStatusConditionTrue(heir.Status.Conditions, v1alpha1.ConditionReady) || heir.Status.ObservedGeneration < heir.Generation:
		return "is not Ready"
	default:
		return ""
	}
}

// ends is what becomes of the account itself.
func ends(a *v1alpha1.Account) []string {
	var reported []string
	switch {
	case a.Observes():
		reported = append(reported, "nothing in the store is touched: the account is only observed")
	case a.Spec.Retains():
		reported = append(reported, "the account stays in the store as it is, managed by nobody (deletionPolicy: Retain)")
	case a.Status.AccountID == "":
		reported = append(reported, "as far as status tells it has no account in the store, so only the object goes")
	default:
		reported = append(reported, fmt.Sprintf("account %s (%s) is deleted with all that it holds; for the recovery window adoption: Restore brings it back",
			a.Status.AccountID, a.Status.Email), teams(a))
	}
	if !a.DeletionTimestamp.IsZero() {
		reported = append(reported, "it is being deleted already")
	}
	if a.Spec.Suspend {
		reported = append(reported, "it is suspended; a deletion acts all the same")
	}
	return reported
}

func teams(a *v1alpha1.Account) string {
	if a.Spec.Deletion.Teams == v1alpha1.TeamsTransfer {
		return "teams that it owns go to account/" + a.Spec.Deletion.TransferTeamsTo.Name
	}
	return "teams that it owns are deleted with all that they have"
}

// orphaned are the objects that lose their account. A set that selects its Accounts has one fewer.
func orphaned(p *picture) []string {
	var names []string
	for _, b := range p.belongings {
		if !isOver(b) && !selects(b) {
			names = append(names, nameOf(b))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{strings.Join(names, ", ") + ": AccountNotFound, until an Account of this name is Ready again or they are deleted"}
}

func isOver(b belonging) bool {
	x, is := b.(*v1alpha1.AccountAction)
	return is && x.Finished()
}

// disinherited are the accounts that count on this one.
func disinherited(a *v1alpha1.Account, accounts []v1alpha1.Account) []string {
	var reported []string
	for i := range accounts {
		if to := accounts[i].Spec.Deletion.TransferTeamsTo; to != nil && to.Name == a.Name && accounts[i].Name != a.Name {
			reported = append(reported, fmt.Sprintf("account/%s is to hand its teams to this one, and could not", accounts[i].Name))
		}
	}
	return reported
}

// unknown is what could not be found out.
func unknown(a *v1alpha1.Account, looked bool) []string {
	if keeps(a) || blocked(a) || looked {
		return nil
	}
	return []string{"whether machines, clusters, instances or volumes are in the way by now: status.dependents is as of the last look at " +
		"the store. The deletion looks itself: while there are any the account stays whole, says DeletionBlocked, and names them"}
}
