// Package dotenv reads the text of a .env file. It is strict: what other tools read in different ways is either kept as it
// was written or refused, so that no value changes on its way.
//
//		export NAME = value # comment
//
//	  - White space is the space and the tab. It may surround the name, the = and the value, and "export " may stand first.
//	  - A comment begins with a # that starts a line or follows white space: A=a#b holds a#b.
//	  - A value without quotes is kept as written, quotes and backslashes inside it too, and ends with its line.
//	  - A value in single quotes is kept as written, and may span lines.
//	  - A value in double quotes may span lines and knows the escapes \n \t \r \" \\ and \$, and no others. \r is there because
//	    a carriage return cannot be written in another way, \$ because texts for tools that expand have it, and it always means $.
//	  - Nothing is expanded: $ is a character like any other.
//	  - Lines end with LF, CRLF or CR. Inside of quotes each of them is LF, so a value does not depend on the editor.
//	  - A byte order mark at the beginning is passed over. NUL, invalid UTF-8, more than MaxBytes and more than MaxVariables are errors.
//	  - A name given twice is an error.
//	  - What may be a part of a value as well as a name is an error (ambiguous.go). Quotes say which is meant: A="".
package dotenv

import (
	"bytes"
	"unicode/utf8"
)

// MaxBytes is the longest text that Parse takes, in bytes. No Secret or ConfigMap holds more. MaxVariables is how many it may
// have: as many as a set can hold.
const (
	MaxBytes     = 1 << 20
	MaxVariables = 1024
)

// Variable is one name and its value.
type Variable struct {
	Name  string
	Value []byte // never nil after Parse, and never a part of the text it was parsed from
	Line  int    // of the name, from 1
}

// Parse returns the variables of a text in its order, or an *Error that names the first thing wrong with it.
func Parse(text []byte) ([]Variable, error) {
	l, err := newLexer(text)
	if err != nil {
		return nil, err
	}
	var variables []Variable
	var read reading
	firstLines := map[string]int{}
	for l.skipBlank(); l.peek() != end; l.skipBlank() {
		v, err := l.variable(firstLines)
		if err != nil {
			return nil, err
		}
		if problem := read.doubt(v); problem != "" {
			return nil, l.fail(v.offset, problem)
		}
		if len(variables) == MaxVariables {
			return nil, &Error{Line: v.Line, Column: 1, Problem: problemTooMany, TooMuch: true}
		}
		firstLines[v.Name] = v.Line
		variables = append(variables, v.Variable)
	}
	if problem := read.end(); problem != "" {
		return nil, l.fail(read.last.offset, problem)
	}
	return variables, nil
}

// newLexer checks what has to hold everywhere, comments included, so that the lexer may rely on it.
func newLexer(text []byte) (*lexer, error) {
	whole := text
	if len(text) > MaxBytes {
		text = text[:MaxBytes]
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	l := &lexer{text: text, line: 1}
	if len(whole) > MaxBytes {
		return nil, l.fail(len(text), problemTooLong)
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return nil, l.fail(i, problemNotUTF8)
		case r == end:
			return nil, l.fail(i, problemNUL)
		}
		i += size
	}
	return l, nil
}
