package dotenv

import "fmt"

// Error says where a text is wrong and how, and never what stands there.
type Error struct {
	Line    int // from 1
	Column  int // in characters, from 1; a byte order mark is none
	Problem string

	// FirstLine is where a name that is given twice stood first, and 0 for any other problem.
	FirstLine int

	// TooMuch says that the text is well formed and only too long.
	TooMuch bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// The problems are fixed texts, which cannot leak. Not even a name that is given twice is named: where a quote is missing,
// what reads as a name may be a part of a value.
const (
	problemTooLong     = "the text goes on here beyond 1 MiB, the most that is read"
	problemNotUTF8     = "this is not valid UTF-8; save the text as UTF-8"
	problemNUL         = "a NUL character, which no environment variable can hold"
	problemNoName      = "the name of a variable is missing here"
	problemNameStart   = "a name begins with a letter, an underscore, a hyphen or a dot"
	problemName        = "a name holds only letters, digits, underscores, hyphens and dots"
	problemNoEquals    = "a name is followed by an equals sign, which is missing here"
	problemUnclosed    = "the quote that opens here is never closed"
	problemEscape      = `no such escape; there are \n, \t, \r, \", \\ and \$, and in single quotes a backslash is a backslash`
	problemAfterQuotes = "only a comment, with white space before it, can follow a closing quote"
	problemRest        = "this may be a variable without a value or the rest of the value in the line above; put that value into quotes"
	problemAlone       = "the whole text is one word, which may be a value; write a name, an equals sign and the value in quotes"
	problemBlock       = "a key or certificate has more lines than this; put all of it into quotes"
	problemScrambled   = "this is more like a value than a name; give it a name of words in one case, or put what follows into quotes"
	problemTooMany     = "this is one variable more than 1024, the most that a set holds"
	problemTwice       = "this name is given in line %d already"
)
