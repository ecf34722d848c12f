package house

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Picture draws which packages import which, as a Mermaid graph. Of two ways from one to another only the longer is drawn: whoever imports
// a package may import all that this one imports. What lies below a package that is a room of its own is drawn as one with it.
func Picture(root string) (string, error) {
	to, err := arrows(root)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, from := range slices.Sorted(maps.Keys(to)) {
		for _, target := range reduced(to, from) {
			lines = append(lines, fmt.Sprintf("  %s --> %s", from, target))
		}
	}
	return "graph TD\n" + strings.Join(lines, "\n") + "\n", nil
}

// arrows are the imports of the packages in internal, cmd and api.
func arrows(root string) (map[string][]string, error) {
	to := map[string][]string{}
	for _, below := range []string{"api", "cmd", "internal"} {
		packages, err := Packages(root, below)
		if err != nil {
			return nil, err
		}
		for _, folder := range packages {
			imports, err := Imports(filepath.Join(root, folder))
			if err != nil {
				return nil, err
			}
			from := room(folder)
			for _, i := range imports {
				if target := room(i); target != from && target != "" && !slices.Contains(to[from], target) {
					to[from] = append(to[from], target)
				}
			}
		}
	}
	return to, nil
}

// room is what a package is drawn as: its folder without internal, and no deeper than its first, but for the controllers; empty for
// what is no part of the product.
func room(folder string) string {
	below, is := strings.CutPrefix(folder, "internal/")
	switch parts := strings.Split(below, "/"); {
	case !is && !strings.HasPrefix(folder, "cmd/") && !strings.HasPrefix(folder, "api/"):
		return ""
	case !is:
		return folder
	case parts[0] == "controller":
		return below
	default:
		return parts[0]
	}
}

// reduced are those targets that no other target leads to.
func reduced(to map[string][]string, from string) (targets []string) {
	for _, target := range to[from] {
		if !slices.ContainsFunc(to[from], func(other string) bool { return other != target && leads(to, other, target, map[string]bool{}) }) {
			targets = append(targets, target)
		}
	}
	slices.Sort(targets)
	return targets
}

func leads(to map[string][]string, from, target string, seen map[string]bool) bool {
	for _, next := range to[from] {
		if next == target {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if leads(to, next, target, seen) {
				return true
			}
		}
	}
	return false
}

// Where the picture stands in a page.
const (
	pictureBegins = "<!-- made by test/house/picture -->\n```mermaid\n"
	pictureEnds   = "```\n"
)

// Drawn is a page with the picture as it is now.
func Drawn(root, page string) (string, error) {
	before, rest, begins := strings.Cut(page, pictureBegins)
	_, after, ends := strings.Cut(rest, pictureEnds)
	if !begins || !ends {
		return "", fmt.Errorf("the page has no place for the picture: %q", pictureBegins)
	}
	picture, err := Picture(root)
	return before + pictureBegins + picture + pictureEnds + after, err
}
