package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/account-operator/account-operator/hack/page"
)

// value is one line of the table.
type value struct{ name, preset, meaning string }

// readme puts the table of values between the marks of the page.
func readme(path, values string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := documented(values)
	if err != nil {
		return nil, err
	}
	table := "| value | default | meaning |\n| --- | --- | --- |\n"
	for _, v := range all {
		table += fmt.Sprintf("| `%s` | `%s` | %s |\n", v.name, v.preset, v.meaning)
	}
	return page.Between(content, table)
}

// documented reads the values in their order, each with the comment above it.
func documented(path string) ([]value, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return below("", document.Content[0])
}

// below returns the values in a mapping. One with a comment is a value, whatever it holds; one without has values in it.
func below(prefix string, mapping *yaml.Node) ([]value, error) {
	var all []value
	for i := 0; i < len(mapping.Content); i += 2 {
		key, node := mapping.Content[i], mapping.Content[i+1]
		name := prefix + key.Value
		if key.HeadComment == "" && node.Kind == yaml.MappingNode && len(node.Content) > 0 {
			within, err := below(name+".", node)
			if err != nil {
				return nil, err
			}
			all = append(all, within...)
			continue
		}
		if key.HeadComment == "" {
			return nil, fmt.Errorf("the value %s has no comment that says what it means", name)
		}
		preset, err := inJSON(node)
		if err != nil {
			return nil, fmt.Errorf("the value %s: %w", name, err)
		}
		all = append(all, value{name, preset, meaning(key.HeadComment)})
	}
	return all, nil
}

func inJSON(node *yaml.Node) (string, error) {
	var content any
	if err := node.Decode(&content); err != nil {
		return "", err
	}
	text, err := json.Marshal(content)
	return string(text), err
}

// meaning is the paragraph right above the value, on one line.
func meaning(comment string) string {
	paragraphs := strings.Split(comment, "\n\n")
	lines := strings.Split(paragraphs[len(paragraphs)-1], "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(line, "#"))
	}
	return strings.Join(lines, " ")
}
