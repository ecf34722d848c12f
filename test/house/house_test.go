package house_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/test/house"
)

const (
	root        = "../.."
	controllers = "internal/controller"
)

// floors are the packages of the controllers from the ground up: each may import those before it, and none behind it.
var floors = []string{
	"timing", "outcome", "object", "status", "events", "syncstate", "drift", "enqueue", "clusterview", "telemetry",
	"leader", "statuswatch", "lifecycle",
	"jobs/purge", "jobs/orphan", "jobs/etcdrestore", "jobs/counts", "jobs/managed",
	"account", "envvarset", "cloudconnection", "sshkey", "accountaction",
	"drill",
}

// Given the packages of the controllers, when one imports another, then that lies below it; and only the root, which wires them, knows all.
func TestControllers_Imports_PointDown(t *testing.T) {
	packages, err := house.Packages(root, controllers)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range packages {
		name := strings.TrimPrefix(strings.TrimPrefix(folder, controllers), "/")
		floor := slices.Index(floors, name)
		if floor < 0 && name != "" {
			t.Errorf("%s has no floor in this test", folder)
			continue
		}
		imports, err := house.Imports(filepath.Join(root, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range imports {
			other, is := strings.CutPrefix(i, controllers+"/")
			if is && name != "" && slices.Index(floors, other) >= floor {
				t.Errorf("%s imports %s, which lies above it", folder, i)
			}
		}
	}
}

// mostInACircle is of how many files a circle may be: so many a reader can hold in mind together.
const mostInACircle = 6

// Given the files of any package, when some lead to each other by what they use, then they are few.
func TestPackages_Circles_AreOfFewFiles(t *testing.T) {
	for _, below := range []string{"internal", "cmd", "api", "pkg"} {
		packages, err := house.Packages(root, below)
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range packages {
			circles, err := house.Circles(filepath.Join(root, folder))
			if err != nil {
				t.Fatal(err)
			}
			if len(circles) > 0 && len(circles[0]) > mostInACircle {
				t.Errorf("%d files of %s lead to each other: %s", len(circles[0]), folder, strings.Join(circles[0], ", "))
			}
		}
	}
}

// Given a package whose files lead to each other, when circles are looked for, then they are found, through methods and fields, too.
func TestCircles_ThroughAMethodAndAField_AreFound(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a.go": "package p\n\nimport \"example.com/unknown\"\n\ntype A struct{ b B; other unknown.T }\n\nfunc (a A) Do() { a.b.c() }\n",
		"b.go": "package p\n\ntype B struct{ n int }\n",
		"c.go": "package p\n\nfunc (b B) c() { A{}.Do() }\n",
		"d.go": "package p\n\nfunc d() { A{}.Do() }\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	circles, err := house.Circles(folder)
	if err != nil || len(circles) != 1 || !slices.Equal(circles[0], []string{"a.go", "c.go"}) {
		t.Errorf("found %v, %v", circles, err)
	}
}

// Given the table of the controllers' packages in CONTRIBUTING.md, then it has each of them, from the ground up.
func TestContributing_TableOfControllers_IsInOrder(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "### The controllers")
	if !found {
		t.Fatal("CONTRIBUTING.md has no section on the controllers")
	}
	at := 0
	for _, floor := range floors {
		name := "`" + floor + "`"
		if strings.HasPrefix(floor, "jobs/") {
			name = "`jobs/...`"
		}
		next := strings.Index(table, name)
		if next < at {
			t.Errorf("the table has %s not at all, or too early", name)
			continue
		}
		at = next
	}
}

// Given the picture of the packages in CONTRIBUTING.md, then it is what the imports say.
func TestContributing_Picture_IsOfTheImports(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := house.Drawn(root, string(text))
	if err != nil {
		t.Fatal(err)
	}
	if drawn != string(text) {
		t.Error("the picture in CONTRIBUTING.md is not what the imports say; make generate draws it")
	}
}
