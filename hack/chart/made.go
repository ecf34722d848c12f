package main

import (
	"errors"
	"os"
	"path/filepath"
)

const chart = "charts/account-operator"

// shared is what the chart has in common with config/, and where it keeps its copy.
var shared = map[string]string{
	"config/crd/bases/*.yaml":          "files/crds",
	"config/admission/*_policy.yaml":   "files",
	"config/rbac/*_role.yaml":          "files",
	"config/rbac/*_roles.yaml":         "files",
	"config/monitoring/alerts.yaml":    "files",
	"config/monitoring/dashboard.json": "files",
}

var errNothing = errors.New("config/ has no such files any more; mend the list in hack/chart/made.go")

// made returns the content of every file that is made, by its path.
func made(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for pattern, folder := range shared {
		sources, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		if len(sources) == 0 {
			return nil, errNothing
		}
		for _, source := range sources {
			content, err := os.ReadFile(source)
			if err != nil {
				return nil, err
			}
			files[filepath.Join(root, chart, folder, filepath.Base(source))] = content
		}
	}
	path := filepath.Join(root, chart, "README.md")
	page, err := readme(path, filepath.Join(root, chart, "values.yaml"))
	files[path] = page
	return files, err
}
