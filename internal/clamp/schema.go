// Package clamp makes statuses fit for the schema of their kind. What a store has, other programs may have written: a name of a form
// that no schema admits, a text without end. The API server refuses a whole status for one such value, and then nobody hears of
// anything any more.
package clamp

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sync"

	"github.com/account-operator/account-operator/internal/crdcheck"
)

// schema is what matters here of what the API server admits at one place.
type schema struct {
	Properties map[string]*schema `json:"properties"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
	Enum       []string           `json:"enum"`
	MaxLength  *int               `json:"maxLength"`
	MaxItems   *int               `json:"maxItems"`
	Minimum    *int64             `json:"minimum"`
	ListType   string             `json:"x-kubernetes-list-type"`
	ListKeys   []string           `json:"x-kubernetes-list-map-keys"`
	Rules      []rule             `json:"x-kubernetes-validations"`

	patterns []pattern
}

// pattern is what a text must match, or must not.
type pattern struct {
	*regexp.Regexp
	not bool
}

func (p pattern) admits(text string) bool { return p.MatchString(text) != p.not }

// rule is written in CEL.
type rule struct {
	Rule string `json:"rule"`
}

// matches is the only form of a rule that a status may have.
var matches = regexp.MustCompile(`^(!?)self\.matches\(r?'([^']*)'\)$`)

// statuses are the schemas of the statuses that this program writes, by kind.
var statuses = sync.OnceValue(func() map[string]*schema {
	all, err := read()
	if err != nil {
		panic(err) // they are part of this program
	}
	return all
})

func read() (map[string]*schema, error) {
	built, err := crdcheck.Built()
	if err != nil {
		return nil, err
	}
	all := map[string]*schema{}
	for kind, definition := range built {
		properties, _ := definition["properties"].(map[string]any)
		text, err := json.Marshal(properties["status"])
		if err != nil {
			return nil, err
		}
		var status *schema
		if err := json.Unmarshal(text, &status); err != nil {
			return nil, fmt.Errorf("decode the schema of the status of %s: %w", kind, err)
		}
		if status == nil {
			continue
		}
		delete(status.Properties, "conditions") // they hold what the operator says itself, and what others say
		if err := status.compile(); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		all[kind] = status
	}
	return all, nil
}

// compile reads the rules. One of another form would refuse statuses for ever.
func (s *schema) compile() error {
	for _, r := range s.Rules {
		form := matches.FindStringSubmatch(r.Rule)
		if form == nil {
			return fmt.Errorf("a status cannot be made fit for the rule %q", r.Rule)
		}
		compiled, err := regexp.Compile(form[2])
		if err != nil {
			return fmt.Errorf("compile %q: %w", form[2], err)
		}
		s.patterns = append(s.patterns, pattern{compiled, form[1] == "!"})
	}
	if s.Items != nil {
		if err := s.Items.compile(); err != nil {
			return err
		}
	}
	for _, property := range s.Properties {
		if err := property.compile(); err != nil {
			return err
		}
	}
	return nil
}
