package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
)

// content is all that the store holds, by file or table: of SQLite the raw
// files, of PostgreSQL each row as text, in which bytes stand in hex.
func (s *scene) content() map[string]string {
	s.Helper()
	if s.store.dialect == sqlite {
		return s.files()
	}
	all := map[string]string{}
	for _, table := range s.column(`SELECT table_name FROM information_schema.tables
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`) {
		all[table] = strings.Join(s.column(`SELECT t::text FROM `+table+` t ORDER BY 1`), "\n")
	}
	return all
}

// files reads the database and its log. SQLite's index of the log holds nothing
// of ours.
func (s *scene) files() map[string]string {
	s.Helper()
	paths, err := filepath.Glob(s.store.file + "*")
	s.must(err)
	all := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		s.must(err)
		if !strings.HasSuffix(path, "-shm") {
			all[filepath.Base(path)] = string(text)
		}
	}
	return all
}

// yes is how the dialect writes true.
func (d database) yes() string {
	if d.dialect == sqlite {
		return "1"
	}
	return "true"
}
