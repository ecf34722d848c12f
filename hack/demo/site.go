package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// site says where things stand.
type site struct {
	root string // the repository
	bin  string // the programs manager, kubectl-account, account-env and sql
	kept string // what outlives a run: the logs of one that failed, the folder of `make up`
}

// place is a folder with all files of one run, and the environment that its commands are given.
type place struct {
	site
	path string
}

func (p place) file(name ...string) string {
	return filepath.Join(append([]string{p.path}, name...)...)
}

func (p place) keyset() string            { return p.file("keyset.json") }
func (p place) mailServer() string        { return p.file("smtp-url") }
func (p place) managerLog() string        { return p.file("manager.log") }
func (p place) managerKubeconfig() string { return p.file("manager.kubeconfig") }
func (p place) kubeconfig() string        { return p.file("cluster", "kubeconfig") }
func (p place) database() string          { return p.file("store", "accounts.db") }
func (p place) storeAddress() string {
	return (&url.URL{Scheme: "sqlite", Path: p.database()}).String()
}

// programs are the folders that commands are looked for in first.
func (p place) programs() string {
	return p.bin + string(os.PathListSeparator) + filepath.Join(p.root, "hack", "controlplane", "bin")
}

// environment is the caller's, and leads every command to this place.
func (p place) environment() []string {
	return append(os.Environ(),
		"PATH="+p.programs()+string(os.PathListSeparator)+os.Getenv("PATH")+string(os.PathListSeparator)+"/usr/bin:/bin",
		"KUBECONFIG="+p.kubeconfig(),
		"KUBECACHEDIR="+p.file("kube-cache"), // else kubectl leaves a folder in the user's home
		"KUBERC=off",                         // the user's own defaults and aliases of kubectl
		"DEMO="+p.path,
		"ACCOUNT_OPERATOR_STORE="+p.storeAddress(),
		"ACCOUNT_OPERATOR_SEAL_KEYSET_FILE="+p.keyset())
}

// forgetSettings removes from the environment what would set flags of the manager or change what kubectl does.
func forgetSettings() error {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "ACCOUNT_OPERATOR_") && !strings.HasPrefix(name, "KUBE") {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	return nil
}
