package envvarset

import (
	"github.com/account-operator/account-operator/internal/source"
	"github.com/account-operator/account-operator/internal/store"
)

// spelling is what the names of variables are compared by. What is there keeps the spelling that it has.
type spelling func(name string) string

func exact(name string) string { return name }

func spellingOf(c store.Capabilities) spelling {
	if c.FoldsNames {
		return source.Fold
	}
	return exact
}
