package dotenv

import (
	"bytes"
	"strings"
)

// A text is refused where it can be read in two ways, one of which makes a name of what is a part of a secret: names are seen
// by more people than values are. Base64 ends with equals signs, so the end of a value that was broken into lines, or a whole
// text that is no .env file at all, reads as a name without a value.

const (
	// short names are no secrets, and what ends within them is none either.
	short = 12
	// token is how long a value without white space is that may go on in the next line.
	token = 16
	// scrambled is how long a word is whose order of characters says that chance made it.
	scrambled = 20
)

// entry is a variable as it was written.
type entry struct {
	Variable

	offset int
	quoted bool
}

// reading judges the entries of a text one after the other.
type reading struct {
	last  entry
	count int
}

// doubt is what is wrong with an entry by what was written before it, or "".
func (r *reading) doubt(e entry) string {
	goesOn := r.count > 0 && r.last.mayGoOn(e.Line)
	r.last, r.count = e, r.count+1
	switch {
	case !e.quoted && bytes.HasPrefix(e.Value, []byte("-----BEGIN")):
		return problemBlock
	case isScrambled(e.Name):
		return problemScrambled
	case e.isBare():
		return e.doubtBare(goesOn)
	}
	return ""
}

// mayGoOn reports whether the entry's value may be the beginning of a longer one, which goes on in this line.
func (e entry) mayGoOn(line int) bool {
	return !e.quoted && line == e.Line+1 && len(e.Value) >= token && !bytes.ContainsAny(e.Value, " \t")
}

// doubtBare judges an entry that has nothing but a name.
func (e entry) doubtBare(goesOn bool) string {
	switch {
	case len(e.Value) > 0, goesOn && !isConventional(e.Name):
		return problemRest
	case isMixed(e.Name) && len(e.Name) >= short, isEncoded(e.Name):
		return problemScrambled
	}
	return ""
}

// end is what is wrong with the whole text, or "".
func (r *reading) end() string {
	if r.count == 1 && r.last.isBare() && !isConventional(r.last.Name) {
		return problemAlone
	}
	return ""
}

// isBare reports whether nothing follows the name but equals signs.
func (e entry) isBare() bool { return !e.quoted && len(bytes.Trim(e.Value, "=")) == 0 }

// isConventional reports whether a name is written as names of variables are: in one case, and in words where it is long.
func isConventional(name string) bool {
	if isMixed(name) {
		return false
	}
	words := strings.FieldsFunc(name, isSeparator)
	if len(words) < 2 {
		return len(name) < short
	}
	for _, word := range words {
		if len(word) >= token {
			return false
		}
	}
	return true
}

// isMixed reports whether a name has letters of both cases.
func isMixed(name string) bool { return name != strings.ToUpper(name) && name != strings.ToLower(name) }

func isSeparator(r rune) bool { return r == '_' || r == '-' || r == '.' }

// isScrambled reports whether a long word of the name goes from one kind of character to another as often as chance does. In words
// of a language, also where each begins with a capital, that is rare.
func isScrambled(name string) bool {
	for _, word := range strings.FieldsFunc(name, isSeparator) {
		changes := 0
		for i := 1; i < len(word); i++ {
			if kindOf(word[i]) != kindOf(word[i-1]) {
				changes++
			}
		}
		if len(word) >= scrambled && changes*20 > (len(word)-1)*9 {
			return true
		}
	}
	return false
}

func kindOf(c byte) byte {
	switch {
	case isDigit(c):
		return '0'
	case c >= 'a':
		return 'a'
	default:
		return 'A'
	}
}

// isEncoded reports whether a name is one long word of letters in one case with digits between them, as base32 and hexadecimal
// numbers are.
func isEncoded(name string) bool {
	letters := strings.TrimRight(name, "0123456789")
	return len(name) >= token && !isMixed(name) &&
		!strings.ContainsFunc(name, isSeparator) && strings.ContainsAny(letters, "0123456789")
}
