package dotenv

import (
	"bytes"
	"unicode/utf8"
)

// end is what peek sees after the text. The text itself holds no NUL.
const end = 0

// lexer goes through a text that is valid UTF-8 with LF as its only line end.
type lexer struct {
	text    []byte
	pos     int
	line    int // of the offset counted
	counted int
}

func (l *lexer) peek() byte {
	if l.pos == len(l.text) {
		return end
	}
	return l.text[l.pos]
}

// skipSpace reports whether there was white space.
func (l *lexer) skipSpace() bool {
	start := l.pos
	for isSpace(l.peek()) {
		l.pos++
	}
	return l.pos > start
}

// skipBlank passes over everything up to the next variable or the end of the text.
func (l *lexer) skipBlank() {
	for {
		l.skipSpace()
		switch l.peek() {
		case '\n':
			l.pos++
		case '#':
			l.pos += len(l.restOfLine())
		default:
			return
		}
	}
}

func (l *lexer) restOfLine() []byte {
	rest := l.text[l.pos:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		return rest[:i]
	}
	return rest
}

// lineOf counts on from the last call, so that the text is counted through once. Offsets must not go back.
func (l *lexer) lineOf(offset int) int {
	l.line += bytes.Count(l.text[l.counted:offset], []byte("\n"))
	l.counted = offset
	return l.line
}

func (l *lexer) fail(offset int, problem string) *Error {
	lineStart := bytes.LastIndexByte(l.text[:offset], '\n') + 1
	return &Error{
		Line:    l.lineOf(offset),
		Column:  utf8.RuneCount(l.text[lineStart:offset]) + 1,
		Problem: problem,
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
