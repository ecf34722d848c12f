package accountenv

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"unicode/utf8"

	"github.com/account-operator/account-operator/pkg/accounts"
)

// writeFile puts the variables into a file that nobody else may read, whole or not at all.
func writeFile(path string, vars []accounts.Variable) error {
	values := map[string]string{}
	for _, v := range vars {
		if !utf8.Valid(v.Value.Reveal()) {
			return fmt.Errorf("--env-file: %s is no text, and JSON cannot hold it", v.Name)
		}
		values[v.Name] = string(v.Value.Reveal())
	}
	text, err := json.Marshal(values)
	if err != nil {
		return errors.New("--env-file: the variables cannot be written as JSON")
	}
	next := path + ".next"
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("--env-file: %w", err)
	}
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--env-file: %w", err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		_ = os.Remove(next)
		return fmt.Errorf("--env-file: %w", err)
	}
	return nil
}
