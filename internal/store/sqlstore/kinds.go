package sqlstore

import "github.com/account-operator/account-operator/internal/store"

// kinds are in the order in which their rows are locked.
var kinds = []*kind{accountKind, envVarKind, connections.kind, sshKeys.kind}

// kindOf is nil for a kind whose objects claim nothing.
func kindOf(name store.Kind) *kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}
