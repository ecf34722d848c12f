package scenarios

import (
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Each of the two accounts has two addresses of its own, and there is one that both may want.
const shared = "s1@example.com"

func (t *history) addressFor(name string) string {
	if t.odds(4) {
		return shared
	}
	return name + t.one("1", "2") + "@example.com"
}

// leftBehind is the address of the row that an account of this name left with Retain.
func (t *history) leftBehind(name string) string {
	for address, r := range t.model.rows {
		if r.holder == "" && strings.HasPrefix(address, name) {
			return address
		}
	}
	return ""
}

func (t *history) makesAccount() *step {
	name := pick(t, t.model.accounts, false, "a b", nil)
	if name == "" {
		return nil
	}
	a := &modelAccount{address: t.addressFor(name), theme: t.one("", "Dark", "Light"), adopts: t.odds(3), labelled: t.odds(2)}
	left := t.leftBehind(name)
	if left != "" {
		a.address = left
	}
	obj := account(t.id(name), t.id(a.address))
	obj.Spec.Preferences.Theme = v1alpha1.Theme(a.theme)
	if a.labelled {
		obj.Labels = t.teamLabels()
	}
	t.mayReport(obj, &a.modelObject)
	what := "make account " + name + " at " + a.address + " " + a.theme
	if a.labelled {
		what += ", of the team"
	}
	if a.adopts {
		what += ", which adopts"
		adopt(obj)
	}
	return &step{what: what, certain: a.address == shared, settles: left != "", absent: account(t.id(name), ""), object: obj, does: func() {
		t.create(obj)
		t.model.accounts[name] = a
	}}
}

func adopt(a *v1alpha1.Account) {
	a.Spec.Adoption, a.Spec.DeletionPolicy = v1alpha1.AdoptIfUnclaimed, v1alpha1.DeletionDelete
}

// changesAccount is a step that changes the spec, and what the model knows of it.
func (t *history) changesAccount(name, what string, certain bool, edit func(*v1alpha1.Account), record func(*modelAccount)) *step {
	obj := account(t.id(name), "")
	return &step{what: what, certain: certain, object: obj, does: func() {
		edits(t, obj, edit)
		record(t.model.accounts[name])
	}}
}

// movesAccount gives an account another address. One that waits for an account which it left behind stays.
func (t *history) movesAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", func(name string) bool { return t.stays(name) && t.leftBehind(name) == "" })
	if name == "" {
		return nil
	}
	address := t.addressFor(name)
	return t.changesAccount(name, "move account "+name+" to "+address, address == shared,
		func(a *v1alpha1.Account) { a.Spec.Email = t.id(address) },
		func(a *modelAccount) { a.address = address })
}

// paintsAccount changes a preference, or leaves it to the account holder.
func (t *history) paintsAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", t.stays)
	if name == "" {
		return nil
	}
	theme := t.one("", "Dark", "Light")
	return t.heeds(&t.model.accounts[name].modelObject, t.changesAccount(name, "have account "+name+" want the theme '"+theme+"'", theme == "",
		func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = v1alpha1.Theme(theme) },
		func(a *modelAccount) { a.theme = theme }))
}

// adoptsAccount has an account take over what it left behind.
func (t *history) adoptsAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", func(name string) bool {
		return t.stays(name) && t.leftBehind(name) != "" && !t.model.accounts[name].adopts
	})
	if name == "" {
		return nil
	}
	s := t.changesAccount(name, "have account "+name+" adopt", false, adopt, func(a *modelAccount) { a.adopts = true })
	s.settles = true
	return s
}

// deletesAccount takes all with it, or leaves it unmanaged.
func (t *history) deletesAccount() *step {
	name := pick(t, t.model.accounts, true, "a b", t.stays)
	if name == "" {
		return nil
	}
	a, obj := t.model.accounts[name], account(t.id(name), "")
	if t.odds(2) && t.isSettled(name) && a.address != shared {
		// While it is still there, its sets are written; from then on what they left stays.
		return &step{what: "retain account " + name, certain: true, settles: true, object: obj, does: func() {
			t.goes(obj, v1alpha1.DeletionRetain)
			t.model.endsOf(name)
			_, row := t.model.rowOf(name)
			row.holder = ""
		}}
	}
	if _, row := t.model.rowOf(name); row != nil && len(row.teams)+len(row.things) > 0 {
		return t.endsAccount(name)
	}
	// Where no reconcile saw it, no fault can have struck.
	return &step{what: "delete account " + name, certain: a.adopts || t.strikes() == 0, object: obj, does: func() {
		t.goes(obj, v1alpha1.DeletionDelete)
		t.model.endsOf(name)
		if address, row := t.model.rowOf(name); row != nil {
			t.model.losesRow(name, address)
		}
	}}
}

// isSettled reports whether the account is written as its spec says.
func (t *history) isSettled(name string) bool {
	a := t.model.accounts[name]
	return a != nil && !a.suspended && a.status == "Synced"
}
