#!/usr/bin/env bash
# Makes the first migration anew from the model. Only before the first release: afterwards a change is a migration of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f Omni.Infrastructure/Data/Migrations/*_Spine.cs Omni.Infrastructure/Data/Migrations/*_Spine.Designer.cs Omni.Infrastructure/Data/Migrations/OmniDbContextModelSnapshot.cs
dotnet tool restore > /dev/null
dotnet ef migrations add Spine -p Omni.Infrastructure -s Omni.Web -o Data/Migrations
for file in Omni.Infrastructure/Data/Migrations/*_Spine.cs Omni.Infrastructure/Data/Migrations/*_Spine.Designer.cs; do
  stamp=$(basename "$file" | cut -d_ -f1)
  sed -i "s/$stamp/20261101000000/" "$file"
  mv "$file" "${file/$stamp/20261101000000}"
done
