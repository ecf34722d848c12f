package portal

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"
)

// The pages are written in English, in templates ({{t "Sign in"}}) and in Go (a plain string, or say for one with something in it). Every text
// passes t as it is shown, which looks it up in the languages: languages/de.json has the German of each. To add or change a text, write it in
// English and run
//
//	go test ./internal/portal -run Languages -update
//
// which adds an empty line for it to each language and takes out what no page says any more; fill these lines in. The same test fails for a text
// without its line, for a line without its text, and where %v stand for more or less than in the English. To add a language, copy de.json to the
// tag of it, and translate the right sides; that of "English" is the language's own name.
//
//go:embed languages
var catalogues embed.FS

// phrase is a text with something in it: what stands for %v, which may be a phrase again.
type phrase struct {
	english string
	with    []any
}

// say makes a phrase.
func say(english string, with ...any) phrase { return phrase{english, with} }

// asPhrase is for a text in a phrase.
func asPhrase(text any) phrase {
	if p, is := text.(phrase); is {
		return p
	}
	return say(fmt.Sprint(text))
}

// tongue is a language that the pages are in.
type tongue struct {
	Tag, Name string
	texts     map[string]string // by the English; nil: English
}

// tongues are all, English first.
type tongues struct {
	all     []tongue
	matcher language.Matcher
}

func newTongues() tongues {
	names, err := fs.Glob(catalogues, "languages/*.json")
	if err != nil {
		panic(err) // the pattern is ours
	}
	known := tongues{all: []tongue{{Tag: "en", Name: "English"}}}
	tags := []language.Tag{language.English}
	for _, name := range names {
		t := tongue{Tag: strings.TrimSuffix(path.Base(name), ".json")}
		content, err := catalogues.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(content, &t.texts)
		}
		if err != nil {
			panic(err) // it is compiled in
		}
		t.Name = cmp.Or(t.texts["English"], t.Tag)
		known.all, tags = append(known.all, t), append(tags, language.MustParse(t.Tag))
	}
	known.matcher = language.NewMatcher(tags)
	return known
}

// of is the one that a visitor chose, or else what the browser asks for.
func (t tongues) of(r *http.Request, chosen string) tongue {
	_, n := language.MatchStrings(t.matcher, chosen, r.Header.Get("Accept-Language"))
	return t.all[n]
}

// beside are the others.
func (t tongues) beside(one tongue) (others []tongue) {
	for _, each := range t.all {
		if each.Tag != one.Tag {
			others = append(others, each)
		}
	}
	return others
}

// plain is a text in this language.
func (t tongue) plain(said any, with ...any) string {
	p, is := said.(phrase)
	if !is {
		p = phrase{fmt.Sprint(said), with}
	}
	pattern := cmp.Or(t.texts[p.english], p.english)
	if len(p.with) == 0 {
		return pattern
	}
	values := make([]any, len(p.with))
	for n, value := range p.with {
		if inner, is := value.(phrase); is {
			value = t.plain(inner)
		}
		values[n] = value
	}
	return fmt.Sprintf(pattern, values...)
}

// text is plain for a page: what stands in it is escaped unless it is HTML already.
func (t tongue) text(said any, with ...any) template.HTML {
	p, is := said.(phrase)
	if !is {
		p = phrase{fmt.Sprint(said), with}
	}
	escaped := make([]any, len(p.with))
	for n, value := range p.with {
		switch v := value.(type) {
		case template.HTML:
			escaped[n] = v
		case phrase:
			escaped[n] = t.text(v)
		default:
			escaped[n] = template.HTMLEscapeString(fmt.Sprint(v))
		}
	}
	pattern := template.HTMLEscapeString(cmp.Or(t.texts[p.english], p.english))
	if len(escaped) > 0 {
		pattern = fmt.Sprintf(pattern, escaped...)
	}
	return template.HTML(pattern) //nolint:gosec // escaped
}
