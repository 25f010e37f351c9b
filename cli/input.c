/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file input.c
 * Input of the guest's UART (input.h). A script is a list of steps, one a line, taken in order:
 *
 *     after "PATTERN" send "TEXT"     when the console has printed PATTERN since the step before
 *     after "PATTERN" quit            ends the run
 *     send "TEXT"                     at once
 *
 * with C's escapes (\n \r \t \\ \" and octal); # begins a comment line. A step happens at the very byte of
 * output that completes its pattern, so runs with a script are as deterministic as others.
 */
#include "input.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "keyboard.h"

struct step {
    char *after, *send; /* NULL: at once; quit. */
    unsigned line;
};

struct input {
    avs_machine *m;
    struct keyboard *keyboard; /* NULL: none. */
    const char *script;
    GArray *steps;
    guint next;
    GString *printed; /* Since the last step, as much as a pattern may need. */
    bool quit;
};

static void step_clear(void *step)
{
    g_free(((struct step *)step)->after);
    g_free(((struct step *)step)->send);
}

struct input *input_new(avs_machine *m)
{
    struct input *in = g_new0(struct input, 1);

    in->m = m;
    in->steps = g_array_new(FALSE, TRUE, sizeof(struct step));
    g_array_set_clear_func(in->steps, step_clear);
    in->printed = g_string_new(NULL);
    return in;
}

static struct step *next_step(struct input *in)
{
    return in->next < in->steps->len ? &g_array_index(in->steps, struct step, in->next) : NULL;
}

/* Takes steps as long as nothing has to be waited for. */
static void take_steps(struct input *in)
{
    struct step *s = next_step(in);

    while (s && (!s->after || g_str_has_suffix(in->printed->str, s->after))) {
        if (s->send)
            avs_console_input(in->m, s->send, strlen(s->send));
        in->quit = !s->send;
        if (in->quit)
            avs_stop(in->m);
        g_string_truncate(in->printed, 0);
        in->next++;
        s = next_step(in);
    }
}

void input_console(struct input *in, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && next_step(in); i++) {
        struct step *s = next_step(in);

        if (bytes[i])
            g_string_append_c(in->printed, bytes[i]);
        if (s->after && in->printed->len > strlen(s->after))
            g_string_erase(in->printed, 0, (gssize)(in->printed->len - strlen(s->after)));
        take_steps(in);
    }
}

/* Takes a word from *at when it is the next; blanks before it do not count. */
static bool word(const char **at, const char *text)
{
    size_t len = strlen(text);

    *at += strspn(*at, " \t\r");
    if (strncmp(*at, text, len) != 0)
        return false;
    *at += len;
    return true;
}

/* A text in quotes, with its escapes done; NULL when there is none. */
static char *quoted(const char **at)
{
    const char *from, *end;
    g_autofree char *raw = NULL;

    if (!word(at, "\""))
        return NULL;
    from = *at;
    for (end = from; *end && *end != '"'; end++)
        end += *end == '\\' && end[1];
    if (*end != '"')
        return NULL;
    *at = end + 1;
    raw = g_strndup(from, (gsize)(end - from));
    return g_strcompress(raw);
}

static bool parse_step(const char *line, struct step *s)
{
    if (word(&line, "after")) {
        s->after = quoted(&line);
        if (!s->after || !*s->after)
            return false;
    }
    if (word(&line, "send")) {
        s->send = quoted(&line);
        return s->send && word(&line, "") && !*line;
    }
    return s->after && word(&line, "quit") && word(&line, "") && !*line;
}

static int read_script(struct input *in, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        return cli_error("%s", error->message);
    in->script = path;
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        struct step s = { .line = i + 1 };
        const char *line = lines[i];
        bool good;

        if (word(&line, "#") || !*line)
            continue;
        good = parse_step(line, &s);
        g_array_append_val(in->steps, s);
        if (!good)
            return cli_error("%s:%u: is not [after \"PATTERN\"] send \"TEXT\", nor after \"PATTERN\" quit",
                             path, s.line);
    }
    take_steps(in);
    return EXIT_OK;
}

/* All of a file that ends; "-" is standard input. */
static int read_file(struct input *in, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize len;

    if (!g_file_get_contents(strcmp(path, "-") ? path : "/dev/stdin", &bytes, &len, &error))
        return cli_error("%s", error->message);
    if (avs_console_input(in->m, bytes, len) != AVS_OK)
        return cli_error("%s", avs_last_error(in->m));
    return EXIT_OK;
}

int input_open(struct input *in, const char *file, const char *script)
{
    int status = EXIT_OK;

    if (file && !strcmp(file, "-") && isatty(STDIN_FILENO))
        in->keyboard = keyboard_open(in->m);
    else if (file)
        status = read_file(in, file);
    return status == EXIT_OK && script ? read_script(in, script) : status;
}

bool input_next(struct input *in)
{
    return !in->quit && (!in->keyboard || keyboard_next(in->keyboard));
}

int input_close(struct input *in)
{
    const struct step *s = next_step(in);

    if (in->keyboard)
        keyboard_close(in->keyboard);
    in->keyboard = NULL;
    if (!s)
        return EXIT_OK;
    cli_error("%s:%u: the run ended before the console had printed \"%s\"", in->script, s->line, s->after);
    return EXIT_FAILED;
}

void input_free(struct input *in)
{
    if (in->keyboard)
        keyboard_close(in->keyboard);
    g_array_free(in->steps, TRUE);
    g_string_free(in->printed, TRUE);
    g_free(in);
}
