package dotenv

import "bytes"

// escapes are those of double quotes.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '"': '"', '\\': '\\', '$': '$'}

// value reads what follows the equals sign, and reports whether it is in quotes.
func (l *lexer) value() (value []byte, quoted bool, err error) {
	l.skipSpace()
	switch l.peek() {
	case '"':
		value, err = l.doubleQuoted()
		return value, true, err
	case '\'':
		value, err = l.singleQuoted()
		return value, true, err
	default:
		return l.unquoted(), false, nil
	}
}

func (l *lexer) unquoted() []byte {
	rest := l.restOfLine()
	value := rest
	for i, c := range rest {
		// Before the value stands at least the equals sign.
		if c == '#' && isSpace(l.text[l.pos+i-1]) {
			value = rest[:i]
			break
		}
	}
	l.pos += len(rest)
	return append([]byte{}, bytes.TrimRight(value, " \t")...)
}

func (l *lexer) singleQuoted() ([]byte, error) {
	rest := l.text[l.pos+1:]
	n := bytes.IndexByte(rest, '\'')
	if n < 0 {
		return nil, l.fail(l.pos, problemUnclosed)
	}
	l.pos += n + 2
	return append([]byte{}, rest[:n]...), l.afterQuotes()
}

func (l *lexer) doubleQuoted() ([]byte, error) {
	open := l.pos
	l.pos++
	value := []byte{}
	for {
		n := bytes.IndexAny(l.text[l.pos:], `"\`)
		if n < 0 {
			return nil, l.fail(open, problemUnclosed)
		}
		value = append(value, l.text[l.pos:l.pos+n]...)
		l.pos += n
		if l.peek() == '"' {
			l.pos++
			return value, l.afterQuotes()
		}
		l.pos++
		c, known := escapes[l.peek()]
		switch {
		case l.peek() == end:
			return nil, l.fail(open, problemUnclosed)
		case !known:
			return nil, l.fail(l.pos-1, problemEscape)
		}
		value = append(value, c)
		l.pos++
	}
}

// afterQuotes leaves a comment to skipBlank.
func (l *lexer) afterQuotes() error {
	spaced := l.skipSpace()
	if c := l.peek(); c == end || c == '\n' || c == '#' && spaced {
		return nil
	}
	return l.fail(l.pos, problemAfterQuotes)
}
