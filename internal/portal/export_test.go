package portal

import (
	"slices"
	"strings"
	"sync"
)

// known is made once.
var known = sync.OnceValue(newTongues)

// In is an English text in a language of the pages.
func In(tag, english string) string {
	all := known().all
	n := slices.IndexFunc(all, func(t tongue) bool { return t.Tag == tag })
	if n < 0 {
		return english
	}
	if _, is := all[n].texts[english]; !is { // it may be what a phrase made
		for text := range all[n].texts {
			if with, is := strings.CutPrefix(english, strings.TrimSuffix(text, "%v")); is && strings.HasSuffix(text, " %v") {
				return all[n].plain(text, with)
			}
		}
	}
	return all[n].plain(english)
}

// IsText reports whether the catalogue has the text as one that is the same in another language.
func IsText(english string) bool {
	return slices.ContainsFunc(known().all[1:], func(t tongue) bool { return t.texts[english] == english })
}

// Update reports whether what is made is to be written.
func Update() bool { return *update }
