package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/account-operator/account-operator/hack/page"
)

// parts are what is made, by the page that it stands in.
var parts = map[string]func(root string) (string, error){
	"docs/account-api.md":     routeTables,
	"docs/metrics.md":         metricsTable,
	"docs/runbooks/README.md": alertsTable,
	"docs/troubleshooting.md": reasonSections,
}

// made returns the content of every page, by its path.
func made(root string) (map[string][]byte, error) {
	pages := map[string][]byte{}
	for name, part := range parts {
		text, err := part(root)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		path := filepath.Join(root, name)
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if pages[path], err = page.Between(content, text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return pages, nil
}
