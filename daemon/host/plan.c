#define _GNU_SOURCE
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "../core/decode/decoder.h"
#include "build.h"
#include "files.h"

/* The shipped rules: named by the environment, installed, or in the source
 * tree that this program was built in. */
static char *find_rules(void)
{
	const char *named = getenv("LAPSED_RULES");
	char self[4096], *slash, *folder = NULL;
	ssize_t length;

	if (named && *named)
		return strdup(named);
	if (access(LAPSED_RULES_FOLDER, R_OK) == 0)
		return strdup(LAPSED_RULES_FOLDER);
	length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length > 0) {
		self[length] = '\0';
		slash = strrchr(self, '/');
		if (slash && asprintf(&folder, "%.*s/../rules", (int)(slash - self), self) >= 0 &&
		    access(folder, R_OK) == 0)
			return folder;
	}
	free(folder);
	return strdup(LAPSED_RULES_FOLDER);
}

static int add_rules(struct ruleset *rules, const char *folder, bool needed, struct fault *fault)
{
	char **paths, *text;
	size_t count, size;
	int r;

	r = folder_list(folder, ".json", &paths, &count);
	if (r < 0 || (needed && count == 0))
		return fault_set(fault, folder, 0, 0, "no rules: %s",
				 r ? strerror(-r) : "expected a folder with files NAME.json");
	for (size_t i = 0; i < count && r == 0; i++) {
		r = file_read(paths[i], &text, &size);
		if (r < 0) {
			r = fault_set(fault, paths[i], 0, 0, "cannot read it: %s", strerror(-r));
		} else {
			r = ruleset_add(rules, paths[i], (struct span){text, size}, fault);
			free(text);
		}
	}
	paths_free(paths, count);
	return r;
}

static int read_config(struct plan *plan, const struct plan_options *options, struct fault *fault)
{
	int r;

	if (!config_default(&plan->config))
		return fault_set(fault, "", 0, 0, "out of memory");
	r = config_read(&plan->config, options->config ? options->config : LAPSED_CONFIG_FILE, options->config != NULL,
			fault);
	for (size_t i = 0; i < options->set_count && r == 0; i++)
		r = config_set(&plan->config, "set", options->sets[i], fault);
	return r;
}

int plan_load(struct plan *ret, const struct plan_options *options, struct fault *fault)
{
	uint64_t seed = 1;
	int r;

	*ret = (struct plan){0};
	(void)!getrandom(&seed, sizeof seed, 0);
	decoder_prepare(seed);
	r = read_config(ret, options, fault);
	if (r)
		return r;
	ret->rules = ruleset_new();
	ret->rules_folder = options->rules ? strdup(options->rules) : find_rules();
	if (!ret->rules || !ret->rules_folder)
		return fault_set(fault, "", 0, 0, "out of memory");
	r = add_rules(ret->rules, ret->rules_folder, true, fault);
	if (r == 0 && ret->config.rules)
		r = add_rules(ret->rules, ret->config.rules, false, fault);
	return r ? r : ruleset_compile(ret->rules, fault);
}

int plan_needs_sources(const struct plan *plan, struct fault *fault)
{
	const struct config *config = &plan->config;
	const char *file = config_sources_file(config);

	if (config->source_count > 0)
		return 0;
	if (!file)
		file = config->file_count ? config->files[0] : LAPSED_CONFIG_FILE;
	return fault_set(fault, file, 0, 0,
			 "no sources: expected \"sources\": [{\"path\": \"/var/log/azure/connections.jsonl\"}]");
}

void plan_clear(struct plan *plan)
{
	config_clear(&plan->config);
	ruleset_free(plan->rules);
	free(plan->rules_folder);
	*plan = (struct plan){0};
}
