package source

import (
	"maps"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// Fold is the same for all spellings of a name in a store that does not distinguish upper from lower case. Names are ASCII.
func Fold(name string) string { return strings.ToUpper(name) }

// checkSpellings refuses two names of which such a store would keep one only, whichever came last.
func checkSpellings(values map[string]found) error {
	first := make(map[string]string, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		other, twice := first[Fold(name)]
		if twice {
			return problem(v1alpha1.ReasonSourceInvalid,
				"%s (%s) and %s (%s) are one name to this store, which does not tell upper from lower case; rename one of the two",
				shorten(other), values[other].where, shorten(name), values[name].where)
		}
		first[Fold(name)] = name
	}
	return nil
}
