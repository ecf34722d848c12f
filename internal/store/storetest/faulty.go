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

// Faulty is a led store whose calls fail when the hook says so.
func Faulty(led store.Led, hook Hook) store.Led {
	return FaultyFor(led, func(store.Claim) Hook { return hook })
}

// FaultyFor is a led store whose calls fail when the hook of the claim that they are for says so.
func FaultyFor(led store.Led, hooks func(store.Claim) Hook) store.Led {
	return store.Around(led, func(call store.Call, do func() error) error {
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
