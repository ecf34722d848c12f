package legible

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxMessage is how many bytes a message in a status or an event may have.
const MaxMessage = 1024

// Bounded cuts a message between two characters, and marks what hides in it. What is no UTF-8 would come back from the API server as
// another message.
func Bounded(message string) string {
	message = Shown(message)
	if len(message) <= MaxMessage {
		return message
	}
	const more = "..."
	return Cut(message, MaxMessage-len(more)) + more
}

// Cut cuts a text that has more bytes than the limit between two characters.
func Cut(text string, limit int) string {
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// List lists names, but not so many that a message grows without bound.
func List(names []string) string {
	const enough = 10
	if len(names) <= enough {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:enough], ", "), len(names)-enough)
}
