package source

import (
	"regexp"
	"regexp/syntax"
	"slices"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// maxSteps bounds what matching the keys of a set costs: each character of a key may meet each instruction.
const maxSteps = 32 << 20

// filter chooses among the keys of an object.
type filter struct {
	include, exclude []*regexp.Regexp

	instructions int
}

// Compiled are sources whose expressions are compiled.
type Compiled struct {
	Sources

	filters []filter // of envFrom, in its order
}

// Compile judges the expressions and compiles them. One is counted before it is compiled.
func (s Sources) Compile() (Compiled, error) {
	c := Compiled{s, make([]filter, len(s.envFrom))}
	left := maxInstructions
	for n, from := range s.envFrom {
		f, before := &c.filters[n], left
		var err error
		if f.include, err = expressions(n, "include", from.Keys.Include, &left); err != nil {
			return Compiled{}, err
		}
		if f.exclude, err = expressions(n, "exclude", from.Keys.Exclude, &left); err != nil {
			return Compiled{}, err
		}
		f.instructions = before - left
	}
	return c, nil
}

func expressions(n int, list string, texts []string, left *int) ([]*regexp.Regexp, error) {
	compiled := make([]*regexp.Regexp, len(texts))
	for i, text := range texts {
		*left -= costOfParsing(text)
		if *left < 0 {
			return nil, tooManyInstructions(n, list, i)
		}
		parsed, err := syntax.Parse(text, syntax.Perl)
		if err != nil {
			return nil, notUnderstood(n, list, i)
		}
		*left -= instructions(parsed)
		if *left < 0 {
			return nil, tooManyInstructions(n, list, i)
		}
		if compiled[i], err = regexp.Compile(text); err != nil {
			return nil, notUnderstood(n, list, i)
		}
	}
	return compiled, nil
}

func notUnderstood(n int, list string, i int) error {
	return problem(v1alpha1.ReasonSourceInvalid, "envFrom[%d].keys.%s[%d] is no regular expression that RE2 understands; mend it", n, list, i)
}

func tooManyInstructions(n int, list string, i int) error {
	return problem(v1alpha1.ReasonLimitExceeded,
		"envFrom[%d].keys.%s[%d] goes beyond %d instructions, the most that the expressions of a set may compile to; repeat less, or split the set",
		n, list, i, maxInstructions)
}

// chosen lists the keys that the filter takes, sorted, and adds up the steps that this takes at most.
func (f filter) chosen(data map[string][]byte, steps *int) ([]string, error) {
	var keys []string
	for key := range data {
		if *steps += (len(key) + 1) * f.instructions; *steps > maxSteps {
			return nil, problem(v1alpha1.ReasonLimitExceeded,
				"envFrom has too many keys for so long expressions: matching them takes more than %d steps; use shorter ones, or split the set", maxSteps)
		}
		if f.takes(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func (f filter) takes(key string) bool {
	return (len(f.include) == 0 || anyMatches(f.include, key)) && !anyMatches(f.exclude, key)
}

func anyMatches(expressions []*regexp.Regexp, key string) bool {
	for _, e := range expressions {
		if e.MatchString(key) {
			return true
		}
	}
	return false
}
