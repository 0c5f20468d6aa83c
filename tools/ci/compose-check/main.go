// Command compose-check loads every compose.yml below the given folders with the library
// that Docker Compose itself uses: schema, interpolation, types and consistency.
//
// A value the host fills in at start (${PUBLIC_IP}) must be named in HOST_VALUES of the
// node.env beside the compose file. Docker Compose would put an empty string for any other.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v4"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: compose-check <folder>...")
		os.Exit(2)
	}
	// The library logs an unset variable and goes on; here that is an error of check().
	logrus.SetLevel(logrus.ErrorLevel)

	files, err := composeFiles(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bad := 0
	for _, file := range files {
		if err := check(file); err != nil {
			bad++
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
		}
	}
	fmt.Printf("%d compose files checked, %d in error\n", len(files), bad)
	if bad > 0 {
		os.Exit(1)
	}
}

// composeFiles finds the files; a folder without any is an error, not a success.
func composeFiles(folders []string) ([]string, error) {
	var files []string
	for _, folder := range folders {
		before := len(files)
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && entry.Name() == "compose.yml" {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s: no compose.yml below it", folder)
		}
	}
	return files, nil
}

func check(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var raw map[string]any
	if err := yaml.Unmarshal(content, &raw); err != nil {
		return err
	}
	values, err := hostValues(filepath.Join(filepath.Dir(file), "node.env"))
	if err != nil {
		return err
	}
	if err := unsetVariables(raw, values); err != nil {
		return err
	}

	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(file),
		ConfigFiles: []types.ConfigFile{{Filename: file, Content: content}},
		Environment: values,
	}, func(options *loader.Options) {
		options.SetProjectName("compose-check", false) // a name in the file goes first
		options.SkipResolveEnvironment = true          // env_file may lie on the host
	})
	if err != nil {
		return err
	}
	if len(project.Services) == 0 {
		return errors.New("no services")
	}
	return nil
}

// unsetVariables names the variables that have neither a host value nor a default.
func unsetVariables(raw map[string]any, values types.Mapping) error {
	var unset []string
	for name, variable := range template.ExtractVariables(raw, template.DefaultPattern) {
		_, known := values[name]
		if !known && variable.DefaultValue == "" && variable.PresenceValue == "" {
			unset = append(unset, name)
		}
	}
	if len(unset) == 0 {
		return nil
	}
	sort.Strings(unset)
	return fmt.Errorf("not in HOST_VALUES of node.env: %s (a literal $ is written $$)", strings.Join(unset, ", "))
}

// hostValues gives each name of HOST_VALUES="PUBLIC_IP=public-ip TOKEN=secret:name" a stand-in.
func hostValues(file string) (types.Mapping, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return types.Mapping{}, nil
	}
	if err != nil {
		return nil, err
	}
	values := types.Mapping{}
	for _, line := range strings.Split(string(content), "\n") {
		list, found := strings.CutPrefix(line, "HOST_VALUES=")
		if !found {
			continue
		}
		for _, pair := range strings.Fields(strings.Trim(list, `"'`)) {
			name, _, _ := strings.Cut(pair, "=")
			values[name] = "192.0.2.1"
		}
	}
	return values, nil
}
