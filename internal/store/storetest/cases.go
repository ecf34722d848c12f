package storetest

import "github.com/account-operator/account-operator/test/fault"

// strikes counts how often a case struck.
type strikes interface{ Add(n int64) int64 }

// isCase says that the promise is a case of a goal of the fault suite.
func (s *scene) isCase(goal, trigger, action string) strikes {
	return fault.Begin(s.T, fault.Case{Goal: goal, Workload: "store", Trigger: trigger, Action: action, Dialect: s.Store.Capabilities().Driver})
}
