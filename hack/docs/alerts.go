package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// alerts is a file of rules, as far as it is shown.
type alerts struct {
	Groups []struct {
		Rules []struct {
			Alert       string            `yaml:"alert"`
			For         string            `yaml:"for"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

func alertsTable(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "config/monitoring/alerts.yaml"))
	if err != nil {
		return "", err
	}
	var file alerts
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", err
	}
	table := "| alert | severity | after | says |\n| --- | --- | --- | --- |\n"
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			table += fmt.Sprintf("| [%s](%[1]s.md) | %s | %s | %s |\n",
				rule.Alert, rule.Labels["severity"], cmp.Or(rule.For, "at once"), rule.Annotations["summary"])
		}
	}
	return table, nil
}
