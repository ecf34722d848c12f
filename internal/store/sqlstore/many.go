package sqlstore

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// manyTexts are the texts of a statement that looks up 1, 2, 4 rows and so on: few texts, which are soon prepared.
type manyTexts []string

// forMany writes a statement whose last parameters, from first on, are a list; %s stands for it.
func forMany(first int, text string) (texts manyTexts) {
	for n := 1; n <= store.MaxPairs; n *= 2 {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("$%d", first+i)
		}
		texts = append(texts, fmt.Sprintf(text, "("+strings.Join(list, ", ")+")"))
	}
	return texts
}

// with is the text for a list of so many, and its arguments: the list is filled up with its last.
func (m manyTexts) with(before []any, list []any) (text string, args []any) {
	power := bits.Len(uint(len(list) - 1)) //nolint:gosec // a list has at least one
	args = append(before[:len(before):len(before)], list...)
	for range 1<<power - len(list) {
		args = append(args, list[len(list)-1])
	}
	return m[power], args
}
