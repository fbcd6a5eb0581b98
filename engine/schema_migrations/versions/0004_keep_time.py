"""keep time."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('case', sa.Column('kept_until', sa.DateTime(timezone=True), nullable=True, comment='until then clocks and timers stand as they are, unless a fact that moves them changes'))
    op.add_column('case', sa.Column('kept_version', sa.Integer(), nullable=True, comment='the version that kept_until was said of; of any other it says nothing'))


def downgrade() -> None:
    op.drop_column('case', 'kept_version')
    op.drop_column('case', 'kept_until')
