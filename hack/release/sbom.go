package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdx/v2/common"
)

// list writes what each program is made of, as the program itself says: every module that is linked into it.
func (r *release) list(context.Context) error {
	programs, err := r.programs()
	if err != nil {
		return err
	}
	for _, program := range programs {
		path := filepath.Join(r.out, file(program, r.platforms[0]))
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := json.Write(r.document(program, info), &text, json.Indent("  ")); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.out, program+".spdx.json"), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// document is an SPDX 2.3 document: the program, the Go release that built it, and the modules it depends on.
func (r *release) document(program string, info *buildinfo.BuildInfo) *spdx.Document {
	self := pkg(program, r.version, info.Main.Path)
	parts := []*spdx.Package{pkg("go", strings.TrimPrefix(info.GoVersion, "go"), "std")}
	for _, module := range info.Deps {
		parts = append(parts, ofModule(module))
	}
	document := &spdx.Document{
		SPDXVersion:    spdx.Version,
		DataLicense:    spdx.DataLicense,
		SPDXIdentifier: "DOCUMENT",
		DocumentName:   program + "-" + r.version,
		CreationInfo: &spdx.CreationInfo{
			Created:  r.made.Format(time.RFC3339),
			Creators: []common.Creator{{CreatorType: "Tool", Creator: "account-operator/hack/release"}},
		},
		Packages:      append([]*spdx.Package{self}, parts...),
		Relationships: []*spdx.Relationship{related("DOCUMENT", "DESCRIBES", self.PackageSPDXIdentifier)},
	}
	names := sha256.New()
	for _, part := range parts {
		document.Relationships = append(document.Relationships,
			related(self.PackageSPDXIdentifier, "DEPENDS_ON", part.PackageSPDXIdentifier))
		_, _ = fmt.Fprintln(names, part.PackageName, part.PackageVersion) // a hash takes everything
	}
	document.DocumentNamespace = "https://github.com/account-operator/account-operator/releases/" + r.version + "/" + program +
		"-" + hex.EncodeToString(names.Sum(nil)[:8])
	return document
}

// ofModule is the module that was linked: its replacement, where it has one.
func ofModule(module *debug.Module) *spdx.Package {
	if module.Replace != nil {
		module = module.Replace
	}
	return pkg(module.Path, module.Version, module.Path)
}

// pkg is a package as SPDX has it. Nobody here has looked at licences and at each file, and it says so.
func pkg(name, version, module string) *spdx.Package {
	return &spdx.Package{
		PackageName:             name,
		PackageSPDXIdentifier:   identifier(name),
		PackageVersion:          version,
		PackageDownloadLocation: "NOASSERTION",
		PackageLicenseConcluded: "NOASSERTION",
		PackageLicenseDeclared:  "NOASSERTION",
		PackageCopyrightText:    "NOASSERTION",
		PackageExternalReferences: []*spdx.PackageExternalReference{{
			Category: common.CategoryPackageManager, RefType: common.TypePackageManagerPURL, Locator: "pkg:golang/" + module + "@" + version,
		}},
	}
}

// identifier is a name in the letters that SPDX allows.
func identifier(name string) spdx.ElementID {
	allowed := []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
	var id strings.Builder
	for _, letter := range []byte(name) {
		if slices.Contains(allowed, letter) {
			id.WriteByte(letter)
		} else {
			fmt.Fprintf(&id, "-%x-", letter) // so that two names never become one
		}
	}
	return spdx.ElementID("Package-" + id.String())
}

func related(from spdx.ElementID, how string, to spdx.ElementID) *spdx.Relationship {
	return &spdx.Relationship{
		RefA: common.MakeDocElementID("", string(from)), Relationship: how, RefB: common.MakeDocElementID("", string(to)),
	}
}
