package storetest

import "github.com/account-operator/account-operator/internal/store"

// Moment is when a fault strikes a call.
type Moment string

// The moments of a call.
const (
	Before Moment = "before" // nothing was done
	After  Moment = "after"  // it was done, and the answer is lost
)

// Hook is asked before and after every call, by the name of its method; an error it returns is what the caller gets.
type Hook func(call string, when Moment) error

// Faulty is a fenced store whose calls fail when the hook says so.
func Faulty(fenced store.FencedStore, hook Hook) store.FencedStore {
	return FaultyFor(fenced, func(store.Claim) Hook { return hook })
}

// FaultyFor is a fenced store whose calls fail when the hook of the claim that they are for says so.
func FaultyFor(fenced store.FencedStore, hooks func(store.Claim) Hook) store.FencedStore {
	return store.Around(fenced, func(call store.Call, do func() error) error {
		hook := hooks(call.For)
		if err := hook(call.Name, Before); err != nil {
			return err
		}
		err := do()
		if lost := hook(call.Name, After); lost != nil {
			return lost
		}
		return err
	})
}
