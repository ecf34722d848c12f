package source

import (
	"regexp"

	"github.com/account-operator/account-operator/api/v1alpha1"
)

// filter chooses among the keys of an object.
type filter struct{ include, exclude []*regexp.Regexp }

// newFilter compiles the expressions of envFrom[n].
func newFilter(n int, keys v1alpha1.KeyFilter) (filter, error) {
	include, err := compile(n, "include", keys.Include)
	if err != nil {
		return filter{}, err
	}
	exclude, err := compile(n, "exclude", keys.Exclude)
	return filter{include, exclude}, err
}

func compile(n int, list string, expressions []string) ([]*regexp.Regexp, error) {
	compiled := make([]*regexp.Regexp, len(expressions))
	for i, text := range expressions {
		e, err := regexp.Compile(text)
		if err != nil {
			return nil, problem(v1alpha1.ReasonSourceInvalid,
				"envFrom[%d].keys.%s[%d] is no regular expression that RE2 understands; mend it", n, list, i)
		}
		compiled[i] = e
	}
	return compiled, nil
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
