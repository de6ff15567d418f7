/* Runs a target over files and folders of inputs, where there is no libFuzzer: "ok NAME: N inputs". */
#include "fuzz.h"

#include <dirent.h>

static int inputs;

static void replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char piece[4096];
    Text bytes = {0};
    PROMISE(f);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        text_add_bytes(&bytes, piece, n);
    fclose(f);
    fprintf(stderr, "%s\n", path); /* the last one named is the one that fails */
    LLVMFuzzerTestOneInput((const uint8_t *)text_str(&bytes), bytes.length);
    text_free(&bytes);
    inputs++;
}

static void replay_path(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) {
        replay_file(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        replay_file(name);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay_path(argv[i]);
    printf("ok %s: %d inputs\n", argv[0], inputs);
    return inputs ? 0 : 1;
}
