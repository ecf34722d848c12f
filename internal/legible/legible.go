// Package legible keeps from people's eyes what they cannot see: characters that are invisible, or turn the direction of the text
// around them, make one name look like another.
package legible

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Hidden matches what hides in a text: what Unicode calls default ignorable, the blank of Braille, and joiners and variation selectors
// where the script or emoji before them has no use for them. v1alpha1.Line has the same, which a test holds.
const Hidden = `[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{2800}\x{3164}\x{FE00}-\x{FE0D}\x{FEFF}\x{FFA0}\x{FFF0}-\x{FFFB}\x{1BCA0}-\x{1BCA3}\x{1D173}-\x{1D17A}\x{E0000}-\x{E00FF}\x{E01F0}-\x{E0FFF}]` +
	`|(^|[^\p{Arabic}\p{Bengali}\p{Devanagari}\p{Gujarati}\p{Gurmukhi}\p{Kannada}\p{Khmer}\p{Malayalam}\p{Mongolian}\p{Myanmar}\p{Oriya}\p{Sinhala}\p{Syriac}\p{Tamil}\p{Telugu}\p{Tibetan}\p{So}\x{FE0F}\x{1F3FB}-\x{1F3FF}])[\x{200C}\x{200D}]` +
	`|(^|[^\p{So}])[\x{FE0E}\x{FE0F}]|(^|[^\p{Han}])[\x{E0100}-\x{E01EF}]`

// Broken matches what breaks a line, or controls what shows it.
const Broken = `[\p{Cc}\p{Zl}\p{Zp}]`

var (
	hidden = regexp.MustCompile(Hidden)
	broken = regexp.MustCompile(Broken)
)

// IsLine reports whether a text is one line of what can be seen.
func IsLine(text string) bool {
	return utf8.ValidString(text) && !hidden.MatchString(text) && !broken.MatchString(text)
}

// Shown is a text with a mark in place of whatever hides in it. Line breaks stay.
func Shown(text string) string {
	if isASCII(text) { // nothing hides there, and nearly every text is
		return text
	}
	const mark = string(utf8.RuneError)
	text = strings.ToValidUTF8(text, mark)
	// What stands before a joiner is part of the match, so that of several joiners one is seen at a time.
	for hidden.MatchString(text) {
		text = hidden.ReplaceAllStringFunc(text, func(found string) string {
			_, last := utf8.DecodeLastRuneInString(found)
			return found[:len(found)-last] + mark
		})
	}
	return text
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
