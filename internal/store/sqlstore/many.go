package sqlstore

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/account-operator/account-operator/internal/store"
)

// manyTexts are the texts of a statement that looks up 1, 2, 4 rows and so on: few texts, which are soon prepared.
type manyTexts []string

// forMany writes a statement whose last parameters, from first on, are a list; %s stands for it.
func forMany(first int, text string) (texts manyTexts) {
	for n := 1; n <= store.MaxPairs; n *= 2 {
		texts = append(texts, fmt.Sprintf(text, list(first, n)))
	}
	return texts
}

// list is so many parameters, from first on.
func list(first, n int) string {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = first + i
	}
	return parameters(numbers)
}

func parameters(numbers []int) string {
	all := make([]string, len(numbers))
	for i, n := range numbers {
		all[i] = fmt.Sprintf("$%d", n)
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// rowTexts are the texts of a statement that writes 1, 2, 4 rows and so on: a statement costs the server more than a row does.
type rowTexts []string

// rowsMost bounds how many rows one statement writes.
const rowsMost = 64

// forRows writes a statement that inserts rows; %s stands for them. The first parameters are the same in each row.
func forRows(shared, own int, text string) (texts rowTexts) {
	same := make([]int, shared)
	for n := range same {
		same[n] = n + 1
	}
	for n := 1; n <= rowsMost; n *= 2 {
		rows := make([]string, n)
		for row := range rows {
			numbers := slices.Clone(same)
			for column := range own {
				numbers = append(numbers, shared+own*row+column+1)
			}
			rows[row] = parameters(numbers)
		}
		texts = append(texts, fmt.Sprintf(text, strings.Join(rows, ", ")))
	}
	return texts
}

// statements write the rows.
func (t rowTexts) statements(shared []any, rows [][]any) (out []statement) {
	for len(rows) > 0 {
		power := min(bits.Len(uint(len(rows)))-1, len(t)-1)
		args := slices.Clone(shared)
		for _, row := range rows[:1<<power] {
			args = append(args, row...)
		}
		out, rows = append(out, exec(t[power], args...)), rows[1<<power:]
	}
	return out
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
