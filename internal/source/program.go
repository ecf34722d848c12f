package source

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

const (
	// maxInstructions is how many instructions the expressions of a set may compile to, all together. The length of an
	// expression says little: (a{30}){30} stands for 900 characters, and 256 characters for 248,000 instructions.
	maxInstructions = 16_384
	// beyondASCII is what naming characters beyond ASCII counts for: reading a class of them takes milliseconds where case is
	// ignored. No key has such a character.
	beyondASCII = 1024
	// inInstruction is how many bounds of a class take as much memory as an instruction.
	inInstruction = 8
)

// costOfParsing counts what makes an expression slow to read, before it is read.
func costOfParsing(expression string) int {
	named := strings.Count(expression, `\p`) + strings.Count(expression, `\P`) + strings.Count(expression, `\x`)
	return beyondASCII * (named + len(expression) - countASCII(expression))
}

func countASCII(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < utf8.RuneSelf {
			n++
		}
	}
	return n
}

// instructions counts what an expression compiles to, without making it, and stops counting beyond maxInstructions. It is
// never less than the program's length.
func instructions(e *syntax.Regexp) int {
	n := 0
	for _, sub := range e.Sub {
		n = min(n+instructions(sub)+1, maxInstructions+1)
	}
	switch e.Op {
	case syntax.OpLiteral:
		n += len(e.Rune)
	case syntax.OpCharClass:
		n += 1 + len(e.Rune)/inInstruction
	case syntax.OpRepeat:
		n *= max(e.Min+1, e.Max)
	}
	return min(n+2, maxInstructions+1) // a group has two of its own, and nothing has more
}
