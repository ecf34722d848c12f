// Package page puts what is generated into a page that is otherwise written by hand.
package page

import (
	"bytes"
	"errors"
)

// What is generated stands between these two lines.
const (
	Begin = "<!-- begin: written by make generate -->\n"
	End   = "<!-- end -->"
)

var errNoMarks = errors.New("the page has lost the marks between which the generated part stands")

// Between returns the page with text between its marks.
func Between(page []byte, text string) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(Begin))
	_, after, ends := bytes.Cut(rest, []byte(End))
	if !begins || !ends {
		return nil, errNoMarks
	}
	return bytes.Join([][]byte{before, []byte(Begin), []byte(text), []byte(End), after}, nil), nil
}
