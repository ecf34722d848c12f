package scenarios

import (
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Each of the two accounts has two addresses of its own, and there is one that both may want.
const shared = "s1@example.com"

func (t *tale) addressFor(name string) string {
	if t.odds(4) {
		return shared
	}
	return name + t.one("1", "2") + "@example.com"
}

// leftBehind is the address of the row that an account of this name left with Retain.
func (t *tale) leftBehind(name string) string {
	for address, r := range t.told.rows {
		if r.holder == "" && strings.HasPrefix(address, name) {
			return address
		}
	}
	return ""
}

func (t *tale) makesAccount() *step {
	name := pick(t, t.told.accounts, false, "a b", nil)
	if name == "" {
		return nil
	}
	told := &toldAccount{address: t.addressFor(name), theme: t.one("", "Dark", "Light"), adopts: t.odds(3)}
	left := t.leftBehind(name)
	if left != "" {
		told.address = left
	}
	obj := account(t.id(name), t.id(told.address))
	obj.Spec.Preferences.Theme = v1alpha1.Theme(told.theme)
	t.mayReport(obj, &told.toldObject)
	what := "make account " + name + " at " + told.address + " " + told.theme
	if told.adopts {
		what += ", which adopts"
		adopt(obj)
	}
	return &step{what: what, certain: told.address == shared, settles: left != "", anew: account(t.id(name), ""), object: obj, does: func() {
		t.create(obj)
		t.told.accounts[name] = told
	}}
}

func adopt(a *v1alpha1.Account) {
	a.Spec.Adoption, a.Spec.DeletionPolicy = v1alpha1.AdoptIfUnclaimed, v1alpha1.DeletionDelete
}

// changesAccount is a step that changes the spec, and what the model knows of it.
func (t *tale) changesAccount(name, what string, certain bool, edit func(*v1alpha1.Account), told func(*toldAccount)) *step {
	obj := account(t.id(name), "")
	return &step{what: what, certain: certain, object: obj, does: func() {
		edits(t, obj, edit)
		told(t.told.accounts[name])
	}}
}

// movesAccount gives an account another address. One that waits for an account which it left behind stays.
func (t *tale) movesAccount() *step {
	name := pick(t, t.told.accounts, true, "a b", func(name string) bool { return t.stays(name) && t.leftBehind(name) == "" })
	if name == "" {
		return nil
	}
	address := t.addressFor(name)
	return t.changesAccount(name, "move account "+name+" to "+address, address == shared,
		func(a *v1alpha1.Account) { a.Spec.Email = t.id(address) },
		func(a *toldAccount) { a.address = address })
}

// paintsAccount changes a preference, or leaves it to the account holder.
func (t *tale) paintsAccount() *step {
	name := pick(t, t.told.accounts, true, "a b", t.stays)
	if name == "" {
		return nil
	}
	theme := t.one("", "Dark", "Light")
	return t.heeds(&t.told.accounts[name].toldObject, t.changesAccount(name, "have account "+name+" want the theme '"+theme+"'", theme == "",
		func(a *v1alpha1.Account) { a.Spec.Preferences.Theme = v1alpha1.Theme(theme) },
		func(a *toldAccount) { a.theme = theme }))
}

// adoptsAccount has an account take over what it left behind.
func (t *tale) adoptsAccount() *step {
	name := pick(t, t.told.accounts, true, "a b", func(name string) bool {
		return t.stays(name) && t.leftBehind(name) != "" && !t.told.accounts[name].adopts
	})
	if name == "" {
		return nil
	}
	s := t.changesAccount(name, "have account "+name+" adopt", false, adopt, func(a *toldAccount) { a.adopts = true })
	s.settles = true
	return s
}

// deletesAccount takes all with it, or leaves it to nobody.
func (t *tale) deletesAccount() *step {
	name := pick(t, t.told.accounts, true, "a b", t.stays)
	if name == "" {
		return nil
	}
	told, obj := t.told.accounts[name], account(t.id(name), "")
	if t.odds(2) && t.isSettled(name) && told.address != shared {
		// While it is still there, its sets are written; from then on what they left stays.
		return &step{what: "retain account " + name, certain: true, settles: true, object: obj, does: func() {
			t.goes(obj, v1alpha1.DeletionRetain)
			t.told.endsOf(name)
			_, row := t.told.rowOf(name)
			row.holder = ""
		}}
	}
	if _, row := t.told.rowOf(name); row != nil && len(row.teams)+len(row.things) > 0 {
		return t.endsAccount(name)
	}
	// Where nobody ever saw it, no fault can have struck.
	return &step{what: "delete account " + name, certain: told.adopts || t.strikes() == 0, object: obj, does: func() {
		t.goes(obj, v1alpha1.DeletionDelete)
		t.told.endsOf(name)
		if address, row := t.told.rowOf(name); row != nil {
			delete(t.told.rows, address)
			t.told.open.forget(name)
		}
	}}
}

// isSettled reports whether the account is written as its spec says.
func (t *tale) isSettled(name string) bool {
	a := t.told.accounts[name]
	return a != nil && !a.suspended && a.status == "Synced"
}
