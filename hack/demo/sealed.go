package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// sealed looks for every value of the namespace's Secrets in every file of the store, as it is and in base64.
func (s *stage) sealed(ctx context.Context) error {
	var secrets corev1.SecretList
	if err := s.admin.List(ctx, &secrets, client.InNamespace("default")); err != nil {
		return fmt.Errorf("listing the Secrets: %w", err)
	}
	files, err := contents(s.file("store"))
	if err != nil {
		return err
	}
	values := 0
	for _, secret := range secrets.Items {
		for key, value := range secret.Data {
			values++
			for name, content := range files {
				if bytes.Contains(content, value) || bytes.Contains(content, []byte(base64.StdEncoding.EncodeToString(value))) {
					return fmt.Errorf("%s holds the value of key %s of the Secret %s", name, key, secret.Name)
				}
			}
		}
	}
	if values == 0 || len(files) == 0 {
		return errors.New("there is nothing to look for, or nothing to look in")
	}
	s.screen.result("looked for the %d values of the Secrets in the %d files of the store: none is there", values, len(files))
	return nil
}

// contents reads the files of a folder that hold anything.
func contents(folder string) (map[string][]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		if len(content) > 0 {
			files[entry.Name()] = content
		}
	}
	return files, nil
}
