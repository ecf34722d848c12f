package dotenv

import "fmt"

// variable reads from the first character that is not blank to the end of the value.
func (l *lexer) variable(firstLines map[string]int) (entry, error) {
	name, offset, err := l.name()
	if err != nil {
		return entry{}, err
	}
	if first, twice := firstLines[name]; twice {
		e := l.fail(offset, fmt.Sprintf(problemTwice, first))
		e.FirstLine = first
		return entry{}, e
	}
	line := l.lineOf(offset)
	value, quoted, err := l.value()
	if err != nil {
		return entry{}, err
	}
	return entry{Variable{Name: name, Value: value, Line: line}, offset, quoted}, nil
}

// name reads up to and with the equals sign, and returns the offset at which the name begins.
func (l *lexer) name() (string, int, error) {
	offset := l.pos
	name, err := l.word()
	if err != nil {
		return "", 0, err
	}
	// A variable may be called export, too.
	if spaced := l.skipSpace(); spaced && name == "export" && l.peek() != '=' {
		offset = l.pos
		if name, err = l.word(); err != nil {
			return "", 0, err
		}
		l.skipSpace()
	}
	if l.peek() != '=' {
		return "", 0, l.fail(l.pos, problemNoEquals)
	}
	l.pos++
	return name, offset, nil
}

// word reads what has the form of a name.
func (l *lexer) word() (string, error) {
	start := l.pos
	for isNameByte(l.peek()) {
		l.pos++
	}
	switch next := l.peek(); {
	case l.pos > start && isDigit(l.text[start]):
		return "", l.fail(start, problemNameStart)
	case next == '=' || next == '\n' || next == end || isSpace(next):
		if l.pos == start {
			return "", l.fail(start, problemNoName)
		}
		return string(l.text[start:l.pos]), nil
	case l.pos == start:
		return "", l.fail(start, problemNameStart)
	default:
		return "", l.fail(l.pos, problemName)
	}
}

// IsName reports whether a text could stand before an equals sign.
func IsName(text string) bool {
	l := &lexer{text: []byte(text), line: 1}
	name, err := l.word()
	return err == nil && name == text
}

// isNameByte is the rule of Kubernetes for names of variables; a digit may not be the first.
func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_' || c == '-' || c == '.'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
